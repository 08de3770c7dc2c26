/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The first statement of a call that may sleep: reports a call in atomic context. */
#ifndef KT_CORE_ASM_MIGHT_SLEEP_H
#define KT_CORE_ASM_MIGHT_SLEEP_H

#include <kt/core/linux/compiler.h>

KT_BEGIN
void kt_might_sleep(const char *call);
/*
 * The same for an access to user memory, which may fault: not reported after pagefault_disable().
 */
void kt_might_fault(const char *call);
void kt_sched_annotate_sleep(void);
void kt_pagefault_disable(void);
void kt_pagefault_enable(void);
KT_END

#endif
