/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See asm/processor.h. */
#ifndef KT_LINUX_PREFETCH_H
#define KT_LINUX_PREFETCH_H

#include <asm/processor.h>

#endif
