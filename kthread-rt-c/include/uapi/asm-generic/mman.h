/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_GENERIC_MMAN_H
#define KT_UAPI_ASM_GENERIC_MMAN_H

#include <kt/core/linux/mman.h>

#endif
