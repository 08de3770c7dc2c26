/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CACHE_H
#define KT_LINUX_CACHE_H

#include <kt/core/linux/cache.h>

/* What a kernel's linux/cache.h brings along. */
#include <asm/cache.h>
#include <uapi/linux/kernel.h>

#endif
