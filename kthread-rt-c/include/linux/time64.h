/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_TIME64_H
#define KT_LINUX_TIME64_H

#include <kt/core/linux/time64.h>

/* What a kernel's linux/time64.h brings along. */
#include <linux/math64.h>
#include <uapi/linux/time.h>
#include <vdso/time64.h>

#endif
