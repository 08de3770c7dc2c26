/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See asm/processor.h. */
#ifndef KT_LINUX_PROCESSOR_H
#define KT_LINUX_PROCESSOR_H

#include <asm/processor.h>

#endif
