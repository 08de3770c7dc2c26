/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RCULIST_H
#define KT_LINUX_RCULIST_H

#include <kt/core/linux/rculist.h>

/* What a kernel's linux/rculist.h brings along. */
#include <linux/rcupdate.h>

#endif
