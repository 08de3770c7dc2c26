/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a call says first that may sleep, of itself: it is told where that is wrong. */
#ifndef KT_CORE_ASM_MIGHT_SLEEP_H
#define KT_CORE_ASM_MIGHT_SLEEP_H

#include <kt/core/linux/compiler.h>

KT_BEGIN
void kt_might_sleep(const char *call);
/* It follows an address of a program's, whose page may have to be brought in: not after pagefault_disable(). */
void kt_might_fault(const char *call);
void kt_sched_annotate_sleep(void);
void kt_pagefault_disable(void);
void kt_pagefault_enable(void);
KT_END

#endif
