/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LIST_SORT_H
#define KT_LINUX_LIST_SORT_H

#include <kt/core/linux/list_sort.h>

/* What a kernel's linux/list_sort.h brings along. */
#include <linux/types.h>

#endif
