/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_ALIGN_H
#define KT_LINUX_ALIGN_H

#include <kt/core/linux/math.h>

#endif
