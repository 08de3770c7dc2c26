/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_VDSO_MATH64_H
#define KT_VDSO_MATH64_H

#include <kt/core/linux/math64.h>

#endif
