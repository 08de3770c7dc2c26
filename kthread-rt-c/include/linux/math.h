/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MATH_H
#define KT_LINUX_MATH_H

#include <kt/core/linux/math.h>

/* What a kernel's linux/math.h brings along. */
#include <asm/div64.h>
#include <uapi/linux/kernel.h>

#endif
