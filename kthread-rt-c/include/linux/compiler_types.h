/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_COMPILER_TYPES_H
#define KT_LINUX_COMPILER_TYPES_H

#include <kt/core/linux/compiler.h>

/* What a kernel's linux/compiler_types.h brings along. */
#include <linux/compiler_attributes.h>

#endif
