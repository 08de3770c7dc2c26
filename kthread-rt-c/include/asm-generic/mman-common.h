/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_MMAN_COMMON_H
#define KT_ASM_GENERIC_MMAN_COMMON_H

#include <kt/core/linux/mman.h>

#endif
