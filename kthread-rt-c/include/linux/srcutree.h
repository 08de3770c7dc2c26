/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SRCUTREE_H
#define KT_LINUX_SRCUTREE_H

#include <kt/core/linux/srcu.h>

/* What a kernel's linux/srcutree.h brings along. */
#include <linux/completion.h>

#endif
