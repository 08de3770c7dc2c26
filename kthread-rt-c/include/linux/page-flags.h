/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PAGE_FLAGS_H
#define KT_LINUX_PAGE_FLAGS_H

#include <kt/core/linux/page-flags.h>

/* What a kernel's linux/page-flags.h brings along. */
#include <linux/mm_types.h>

#endif
