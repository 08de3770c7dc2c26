/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DEBUGOBJECTS_H
#define KT_LINUX_DEBUGOBJECTS_H

#include <kt/core/linux/debugobjects.h>

/* What a kernel's linux/debugobjects.h brings along. */
#include <linux/spinlock.h>

#endif
