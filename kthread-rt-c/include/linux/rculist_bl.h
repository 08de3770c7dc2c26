/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RCULIST_BL_H
#define KT_LINUX_RCULIST_BL_H

#include <kt/core/linux/rculist_bl.h>

/* What a kernel's linux/rculist_bl.h brings along. */
#include <linux/list_bl.h>
#include <linux/rcupdate.h>

#endif
