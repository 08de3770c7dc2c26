/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LIMITS_H
#define KT_LINUX_LIMITS_H

#include <kt/core/linux/limits.h>

/* What a kernel's linux/limits.h brings along. */
#include <linux/types.h>
#include <uapi/linux/limits.h>
#include <vdso/limits.h>

#endif
