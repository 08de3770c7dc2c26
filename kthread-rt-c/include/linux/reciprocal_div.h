/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RECIPROCAL_DIV_H
#define KT_LINUX_RECIPROCAL_DIV_H

#include <kt/core/linux/reciprocal_div.h>

/* What a kernel's linux/reciprocal_div.h brings along. */
#include <linux/types.h>

#endif
