/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CLEANUP_H
#define KT_LINUX_CLEANUP_H

#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/guard.h>

/* What a kernel's linux/cleanup.h brings along. */
#include <linux/compiler.h>

#endif
