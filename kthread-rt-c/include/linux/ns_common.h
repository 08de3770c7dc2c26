/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_NS_COMMON_H
#define KT_LINUX_NS_COMMON_H

#include <kt/core/linux/proc_ns.h>

/* What a kernel's linux/ns_common.h brings along. */
#include <linux/refcount.h>

#endif
