/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names only: nothing can be probed. Registering fails with -ENOSYS. */
#ifndef KT_CORE_LINUX_KPROBES_H
#define KT_CORE_LINUX_KPROBES_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/ptrace.h>
#include <kt/core/linux/types.h>

struct kprobe;
typedef int (*kprobe_pre_handler_t)(struct kprobe *probe, struct pt_regs *regs);
typedef void (*kprobe_post_handler_t)(struct kprobe *probe, struct pt_regs *regs, unsigned long flags);

struct kprobe {
	void *addr;
	const char *symbol_name;
	unsigned int offset;
	kprobe_pre_handler_t pre_handler;
	kprobe_post_handler_t post_handler;
	u32 flags;
};

static inline int register_kprobe(struct kprobe *probe)
{
	(void)probe;
	return -ENOSYS;
}

static inline void unregister_kprobe(struct kprobe *probe)
{
	(void)probe;
}

#endif
