/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PFN_H
#define KT_LINUX_PFN_H

#include <kt/core/linux/pfn.h>

/* What a kernel's linux/pfn.h brings along. */
#include <linux/types.h>

#endif
