/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PROCESSOR_H
#define KT_LINUX_PROCESSOR_H

#include <kt/core/asm/processor.h>

/* What a kernel's linux/processor.h brings along. */
#include <asm/processor.h>

#endif
