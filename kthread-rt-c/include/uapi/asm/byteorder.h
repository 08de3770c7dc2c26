/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_BYTEORDER_H
#define KT_UAPI_ASM_BYTEORDER_H

#include <kt/core/asm/byteorder.h>

#endif
