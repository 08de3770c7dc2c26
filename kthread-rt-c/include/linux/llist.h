/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LLIST_H
#define KT_LINUX_LLIST_H

#include <kt/core/linux/llist.h>

/* What a kernel's linux/llist.h brings along. */
#include <linux/atomic.h>
#include <linux/container_of.h>

#endif
