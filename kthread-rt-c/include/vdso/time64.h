/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_VDSO_TIME64_H
#define KT_VDSO_TIME64_H

#include <kt/core/linux/time64.h>

#endif
