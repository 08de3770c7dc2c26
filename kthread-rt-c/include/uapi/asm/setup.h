/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_SETUP_H
#define KT_UAPI_ASM_SETUP_H

#include <kt/core/asm/setup.h>

#endif
