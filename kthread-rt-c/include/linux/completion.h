/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_COMPLETION_H
#define KT_LINUX_COMPLETION_H

#include <kt/core/linux/completion.h>

/* What a kernel's linux/completion.h brings along. */
#include <linux/swait.h>

#endif
