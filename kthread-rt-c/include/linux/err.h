/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ERR_H
#define KT_LINUX_ERR_H

#include <kt/core/linux/err.h>

/* What a kernel's linux/err.h brings along. */
#include <asm/errno.h>
#include <linux/compiler.h>

#endif
