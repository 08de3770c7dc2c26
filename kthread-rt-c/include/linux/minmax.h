/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MINMAX_H
#define KT_LINUX_MINMAX_H

#include <kt/core/linux/minmax.h>

/* What a kernel's linux/minmax.h brings along. */
#include <linux/build_bug.h>

#endif
