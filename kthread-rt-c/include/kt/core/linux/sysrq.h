/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Keys for the system: handlers can be registered, and handle_sysrq() calls them; there is no
 * keyboard.
 */
#ifndef KT_CORE_LINUX_SYSRQ_H
#define KT_CORE_LINUX_SYSRQ_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define SYSRQ_ENABLE_LOG 0x0002
#define SYSRQ_ENABLE_KEYBOARD 0x0004
#define SYSRQ_ENABLE_DUMP 0x0008
#define SYSRQ_ENABLE_SYNC 0x0010
#define SYSRQ_ENABLE_REMOUNT 0x0020
#define SYSRQ_ENABLE_SIGNAL 0x0040
#define SYSRQ_ENABLE_BOOT 0x0080
#define SYSRQ_ENABLE_RTNICE 0x0100

/* The handler's argument. */
#if KT_SINCE(6, 7)
typedef u8 kt_sysrq_key;
#else
typedef int kt_sysrq_key;
#endif

struct sysrq_key_op {
	void (*const handler)(kt_sysrq_key key);
	const char *const help_msg;
	const char *const action_msg;
	const int enable_mask;
};

KT_BEGIN
/* Returns -EINVAL for a key that is in use, or is not a digit or a lower-case letter. */
int kt_register_sysrq(int key, const struct sysrq_key_op *op);
int kt_unregister_sysrq(int key, const struct sysrq_key_op *op);
void kt_handle_sysrq(int key);
KT_END

static inline int register_sysrq_key(kt_sysrq_key key, const struct sysrq_key_op *op)
{
	return kt_register_sysrq(key, op);
}

static inline int unregister_sysrq_key(kt_sysrq_key key, const struct sysrq_key_op *op)
{
	return kt_unregister_sysrq(key, op);
}

static inline void handle_sysrq(kt_sysrq_key key)
{
	kt_handle_sysrq(key);
}

static inline int sysrq_mask(void)
{
	return 1;
}

#endif
