/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LINKAGE_H
#define KT_LINUX_LINKAGE_H

#include <kt/core/linux/compiler.h>

/* What a kernel's linux/linkage.h brings along. */
#include <asm/linkage.h>
#include <linux/export.h>

#endif
