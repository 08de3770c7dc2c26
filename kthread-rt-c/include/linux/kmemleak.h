/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KMEMLEAK_H
#define KT_LINUX_KMEMLEAK_H

#include <kt/core/linux/kmemleak.h>

/* What a kernel's linux/kmemleak.h brings along. */
#include <linux/slab.h>
#include <linux/vmalloc.h>

#endif
