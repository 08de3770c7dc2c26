/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SYSRQ_H
#define KT_LINUX_SYSRQ_H

#include <kt/core/linux/sysrq.h>

/* What a kernel's linux/sysrq.h brings along. */
#include <linux/errno.h>
#include <linux/types.h>

#endif
