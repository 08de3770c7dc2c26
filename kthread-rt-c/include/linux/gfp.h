/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_GFP_H
#define KT_LINUX_GFP_H

#include <kt/core/linux/gfp.h>

/* What a kernel's linux/gfp.h brings along. */
#include <linux/topology.h>

#endif
