/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SPRINTF_H
#define KT_LINUX_SPRINTF_H

#include <kt/core/linux/kernel.h>

/* What a kernel's linux/sprintf.h brings along. */
#include <linux/stdarg.h>
#include <linux/types.h>

#endif
