/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TIMEX_H
#define KT_LINUX_TIMEX_H

#include <kt/core/linux/timex.h>

/* What a kernel's linux/timex.h brings along. */
#include <asm/timex.h>
#include <uapi/linux/timex.h>

#endif
