/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See gfp.h. */
#ifndef KT_LINUX_GFP_TYPES_H
#define KT_LINUX_GFP_TYPES_H

#include <linux/gfp.h>

#endif
