/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SORT_H
#define KT_LINUX_SORT_H

#include <kt/core/linux/sort.h>

/* What a kernel's linux/sort.h brings along. */
#include <linux/types.h>

#endif
