/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_GFP_TYPES_H
#define KT_LINUX_GFP_TYPES_H

#include <kt/core/linux/gfp.h>

/* What a kernel's linux/gfp_types.h brings along. */
#include <linux/bits.h>

#endif
