/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PROC_NS_H
#define KT_LINUX_PROC_NS_H

#include <kt/core/linux/proc_ns.h>

/* What a kernel's linux/proc_ns.h brings along. */
#include <linux/ns_common.h>

#endif
