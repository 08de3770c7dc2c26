/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_OVERFLOW_H
#define KT_LINUX_OVERFLOW_H

#include <kt/core/linux/overflow.h>

/* What a kernel's linux/overflow.h brings along. */
#include <linux/compiler.h>
#include <linux/limits.h>

#endif
