/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_VDSO_JIFFIES_H
#define KT_VDSO_JIFFIES_H

#include <kt/core/linux/jiffies.h>

/* What a kernel's vdso/jiffies.h brings along. */
#include <asm/param.h>
#include <vdso/time64.h>

#endif
