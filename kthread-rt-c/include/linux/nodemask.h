/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_NODEMASK_H
#define KT_LINUX_NODEMASK_H

#include <kt/core/linux/nodemask.h>

/* What a kernel's linux/nodemask.h brings along. */
#include <linux/random.h>

#endif
