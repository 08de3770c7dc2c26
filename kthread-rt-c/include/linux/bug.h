/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BUG_H
#define KT_LINUX_BUG_H

#include <kt/core/linux/bug.h>

/* What a kernel's linux/bug.h brings along. */
#include <asm/bug.h>

#endif
