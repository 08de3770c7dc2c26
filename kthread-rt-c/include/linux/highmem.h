/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_HIGHMEM_H
#define KT_LINUX_HIGHMEM_H

#include <kt/core/linux/highmem.h>

/* What a kernel's linux/highmem.h brings along. */
#include <asm/cacheflush.h>
#include <linux/hardirq.h>

#endif
