/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_GENERIC_INT_LL64_H
#define KT_UAPI_ASM_GENERIC_INT_LL64_H

#include <kt/core/linux/types.h>

/* What a kernel's uapi/asm-generic/int-ll64.h brings along. */
#include <asm-generic/bitsperlong.h>

#endif
