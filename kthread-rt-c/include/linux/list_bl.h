/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LIST_BL_H
#define KT_LINUX_LIST_BL_H

#include <kt/core/linux/list_bl.h>

/* What a kernel's linux/list_bl.h brings along. */
#include <linux/bit_spinlock.h>

#endif
