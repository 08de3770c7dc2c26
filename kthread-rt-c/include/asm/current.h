/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* current: the task of the calling thread. */
#ifndef KT_ASM_CURRENT_H
#define KT_ASM_CURRENT_H

#include <linux/compiler.h>

struct task_struct;

KT_BEGIN
struct task_struct *kt_current(void);
KT_END

#define get_current() kt_current()
#define current kt_current()

#endif
