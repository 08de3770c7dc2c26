/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_STRING_H
#define KT_LINUX_STRING_H

#include <kt/core/linux/string.h>

/* What a kernel's linux/string.h brings along. */
#include <asm/string.h>
#include <linux/array_size.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/overflow.h>
#include <uapi/linux/string.h>

#endif
