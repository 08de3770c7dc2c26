/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PREFETCH_H
#define KT_LINUX_PREFETCH_H

#include <kt/core/asm/processor.h>

/* What a kernel's linux/prefetch.h brings along. */
#include <asm/processor.h>

#endif
