/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_STRING_HELPERS_H
#define KT_LINUX_STRING_HELPERS_H

#include <kt/core/linux/string_helpers.h>

/* What a kernel's linux/string_helpers.h brings along. */
#include <linux/ctype.h>
#include <linux/string.h>

#endif
