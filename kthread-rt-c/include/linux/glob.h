/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_GLOB_H
#define KT_LINUX_GLOB_H

#include <kt/core/linux/glob.h>

/* What a kernel's linux/glob.h brings along. */
#include <linux/compiler.h>

#endif
