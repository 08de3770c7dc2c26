/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_VDSO_BITS_H
#define KT_VDSO_BITS_H

#include <kt/core/linux/bits.h>

#endif
