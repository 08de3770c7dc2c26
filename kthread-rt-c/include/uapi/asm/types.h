/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_TYPES_H
#define KT_UAPI_ASM_TYPES_H

#include <kt/core/linux/types.h>

#endif
