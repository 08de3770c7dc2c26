/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Keys that the kernel itself answers to. There is no keyboard: what is registered is never called. */
#ifndef KT_CORE_LINUX_SYSRQ_H
#define KT_CORE_LINUX_SYSRQ_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define SYSRQ_ENABLE_DUMP 0x0008

struct sysrq_key_op {
#if KT_SINCE(6, 7)
	void (*const handler)(u8 key);
#else
	void (*const handler)(int key);
#endif
	const char *const help_msg;
	const char *const action_msg;
	const int enable_mask;
};

static inline int register_sysrq_key(int key, const struct sysrq_key_op *op)
{
	(void)key, (void)op;
	return 0;
}

static inline int unregister_sysrq_key(int key, const struct sysrq_key_op *op)
{
	(void)key, (void)op;
	return 0;
}

#endif
