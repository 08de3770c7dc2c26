/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What everything needs. */
#ifndef KT_LINUX_KERNEL_H
#define KT_LINUX_KERNEL_H

#include <linux/array_size.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/instruction_pointer.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <stdarg.h>

KT_BEGIN
int kt_sprintf(char *buf, const char *fmt, ...) __printf(2, 3);
int kt_snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int kt_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args);
int kt_sscanf(const char *text, const char *fmt, ...) __attribute__((__format__(scanf, 2, 3)));
int kt_vsscanf(const char *text, const char *fmt, va_list args);
void kt_might_sleep(const char *file, int line);
KT_END

/* The C library has these too, without the kernel's formats. A program that wants both says KT_KEEP_LIBC_PRINTF. */
#ifndef KT_KEEP_LIBC_PRINTF
#define sprintf kt_sprintf
#define snprintf kt_snprintf
#define vsnprintf kt_vsnprintf
#define sscanf kt_sscanf
#define vsscanf kt_vsscanf
#endif

#define might_sleep() kt_might_sleep(__FILE__, __LINE__)
#define might_sleep_if(condition) do { if (condition) might_sleep(); } while (0)

#define lower_32_bits(n) ((u32)((n) & 0xffffffff))
#define upper_32_bits(n) ((u32)(((u64)(n)) >> 32))

#define might_fault() might_sleep()
#define trace_printk(fmt, ...) printk(KERN_DEBUG fmt, ##__VA_ARGS__)
#define trace_puts(text) printk(KERN_DEBUG "%s", text)
#define panic(fmt, ...) ({ printk(KERN_EMERG "Kernel panic - not syncing: " fmt "\n", ##__VA_ARGS__); BUG(); })

/* What it brings in a kernel. */
#include <asm/byteorder.h>
#include <asm/div64.h>
#include <linux/bitops.h>
#include <linux/ftrace.h>
#include <linux/kconfig.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/ratelimit.h>

#endif
