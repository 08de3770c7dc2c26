/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SIZES_H
#define KT_LINUX_SIZES_H

#include <kt/core/linux/sizes.h>

#endif
