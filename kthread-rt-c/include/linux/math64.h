/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MATH64_H
#define KT_LINUX_MATH64_H

#include <kt/core/linux/math64.h>

/* What a kernel's linux/math64.h brings along. */
#include <linux/math.h>
#include <vdso/math64.h>

#endif
