/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PAGEMAP_H
#define KT_LINUX_PAGEMAP_H

#include <kt/core/linux/pagemap.h>

/* What a kernel's linux/pagemap.h brings along. */
#include <linux/highmem.h>

#endif
