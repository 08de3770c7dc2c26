/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_TIMEX_H
#define KT_UAPI_LINUX_TIMEX_H

#include <kt/core/linux/timex.h>

/* What a kernel's uapi/linux/timex.h brings along. */
#include <linux/time.h>

#endif
