/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_COMPAT_H
#define KT_ASM_GENERIC_COMPAT_H

#include <kt/core/linux/compat.h>

#endif
