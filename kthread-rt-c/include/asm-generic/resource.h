/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_RESOURCE_H
#define KT_ASM_GENERIC_RESOURCE_H

#include <kt/core/linux/resource.h>

/* What a kernel's asm-generic/resource.h brings along. */
#include <uapi/asm-generic/resource.h>

#endif
