/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MEMPOLICY_H
#define KT_LINUX_MEMPOLICY_H

#include <kt/core/linux/types.h>

/* What a kernel's linux/mempolicy.h brings along. */
#include <linux/pagemap.h>
#include <uapi/linux/mempolicy.h>

#endif
