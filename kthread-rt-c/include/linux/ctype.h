/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CTYPE_H
#define KT_LINUX_CTYPE_H

#include <kt/core/linux/ctype.h>

/* What a kernel's linux/ctype.h brings along. */
#include <linux/compiler.h>

#endif
