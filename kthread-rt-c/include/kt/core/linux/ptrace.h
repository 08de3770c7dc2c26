/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names only: registers are not saved. */
#ifndef KT_CORE_LINUX_PTRACE_H
#define KT_CORE_LINUX_PTRACE_H

#include <kt/core/linux/types.h>

struct pt_regs {
	unsigned long regs[32];
};

#endif
