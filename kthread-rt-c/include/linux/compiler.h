/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_COMPILER_H
#define KT_LINUX_COMPILER_H

#include <kt/core/linux/compiler.h>

/* What a kernel's linux/compiler.h brings along. */
#include <asm/rwonce.h>

#endif
