/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_INSTRUCTION_POINTER_H
#define KT_LINUX_INSTRUCTION_POINTER_H

#include <kt/core/linux/instruction_pointer.h>

/* What a kernel's linux/instruction_pointer.h brings along. */
#include <asm/linkage.h>

#endif
