/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PLIST_H
#define KT_LINUX_PLIST_H

#include <kt/core/linux/plist.h>

/* What a kernel's linux/plist.h brings along. */
#include <linux/list.h>

#endif
