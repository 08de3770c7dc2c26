/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BUILD_BUG_H
#define KT_LINUX_BUILD_BUG_H

#include <kt/core/linux/build_bug.h>

/* What a kernel's linux/build_bug.h brings along. */
#include <linux/compiler.h>

#endif
