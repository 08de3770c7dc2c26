/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RCULIST_NULLS_H
#define KT_LINUX_RCULIST_NULLS_H

#include <kt/core/linux/rculist_nulls.h>

/* What a kernel's linux/rculist_nulls.h brings along. */
#include <linux/list_nulls.h>
#include <linux/rcupdate.h>

#endif
