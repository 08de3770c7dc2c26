/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LIST_NULLS_H
#define KT_LINUX_LIST_NULLS_H

#include <kt/core/linux/list_nulls.h>

/* What a kernel's linux/list_nulls.h brings along. */
#include <linux/poison.h>

#endif
