/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Registers of devices. There are no devices: these only work on a module's own memory. */
#ifndef KT_CORE_LINUX_IO_H
#define KT_CORE_LINUX_IO_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>

#define __kt_io(bits) \
	static inline u##bits kt_read##bits(const volatile void __iomem *address) \
	{ \
		return *(const volatile u##bits *)address; \
	} \
	static inline void kt_write##bits(u##bits value, volatile void __iomem *address) \
	{ \
		*(volatile u##bits *)address = value; \
	}
__kt_io(8)
__kt_io(16)
__kt_io(32)
__kt_io(64)
#undef __kt_io

#define readb(address) kt_read8(address)
#define readw(address) kt_read16(address)
#define readl(address) kt_read32(address)
#define readq(address) kt_read64(address)
#define readb_relaxed(address) kt_read8(address)
#define readw_relaxed(address) kt_read16(address)
#define readl_relaxed(address) kt_read32(address)
#define readq_relaxed(address) kt_read64(address)
#define writeb(value, address) kt_write8(value, address)
#define writew(value, address) kt_write16(value, address)
#define writel(value, address) kt_write32(value, address)
#define writeq(value, address) kt_write64(value, address)
#define writeb_relaxed(value, address) kt_write8(value, address)
#define writew_relaxed(value, address) kt_write16(value, address)
#define writel_relaxed(value, address) kt_write32(value, address)
#define writeq_relaxed(value, address) kt_write64(value, address)
#define ioread8 kt_read8
#define ioread16 kt_read16
#define ioread32 kt_read32
#define iowrite8 kt_write8
#define iowrite16 kt_write16
#define iowrite32 kt_write32

/* A read without a device. */
#define ioremap(address, size) ((void __iomem *)0)
#define ioremap_wc(address, size) ((void __iomem *)0)

static inline void __iomem *ioremap_nocache(resource_size_t address, unsigned long size)
{
	(void)size, (void)address;
	return (void __iomem *)0;
}

static inline void *memremap(resource_size_t address, size_t size, unsigned long flags)
{
	(void)flags, (void)size, (void)address;
	return (void *)0;
}

#define iounmap(address) ((void)(address))

static inline void memunmap(void *address)
{
	(void)address;
}

/*
 * Ports: a read returns all ones, as without a device. The C library has functions of these names.
 */
#if !__STDC_HOSTED__
#define inb(port) ((void)(port), (u8)~0)
#define inw(port) ((void)(port), (u16)~0)
#define inl(port) ((void)(port), (u32)~0)
#define outb(value, port) ((void)(value), (void)(port))
#define outw(value, port) ((void)(value), (void)(port))
#define outl(value, port) ((void)(value), (void)(port))
#endif

/* Memory of a device, which does not exist. */
struct device;
struct resource;

static inline void __iomem *devm_ioremap(struct device *dev, resource_size_t address, resource_size_t size)
{
	(void)dev, (void)address, (void)size;
	return NULL;
}
#define devm_ioremap_wc devm_ioremap

static inline void devm_iounmap(struct device *dev, void __iomem *address)
{
	(void)dev, (void)address;
}

#define __raw_readb(address) kt_read8(address)
#define __raw_readw(address) kt_read16(address)
#define __raw_readl(address) kt_read32(address)
#define __raw_readq(address) kt_read64(address)
#define __raw_writeb(value, address) kt_write8(value, address)
#define __raw_writew(value, address) kt_write16(value, address)
#define __raw_writel(value, address) kt_write32(value, address)
#define __raw_writeq(value, address) kt_write64(value, address)
#if !__STDC_HOSTED__
#define inb_p(port) inb(port)
#define inw_p(port) inw(port)
#define inl_p(port) inl(port)
#define outb_p(value, port) outb(value, port)
#define outw_p(value, port) outw(value, port)
#define outl_p(value, port) outl(value, port)
#endif

#endif
