/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_UNISTD_H
#define KT_UAPI_ASM_UNISTD_H

#include <kt/core/asm/unistd.h>

#endif
