/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Firmware files. None is searched for. */
#ifndef KT_CORE_LINUX_FIRMWARE_H
#define KT_CORE_LINUX_FIRMWARE_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/types.h>

#define FW_ACTION_NOUEVENT 0
#define FW_ACTION_UEVENT 1

struct device;
struct module;

struct firmware {
	size_t size;
	const u8 *data;
};

static inline int request_firmware(const struct firmware **fw, const char *name, struct device *dev)
{
	(void)name, (void)dev;
	*fw = NULL;
	return -ENOENT;
}
#define firmware_request_nowarn request_firmware
#define request_firmware_direct request_firmware

static inline int request_firmware_nowait(struct module *owner, bool uevent, const char *name, struct device *dev, gfp_t flags,
					  void *context, void (*done)(const struct firmware *fw, void *context))
{
	(void)owner, (void)uevent, (void)name, (void)dev, (void)flags;
	done(NULL, context);
	return 0;
}

static inline void release_firmware(const struct firmware *fw)
{
	(void)fw;
}

#endif
