/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PID_NAMESPACE_H
#define KT_LINUX_PID_NAMESPACE_H

#include <kt/core/linux/pid_namespace.h>

/* What a kernel's linux/pid_namespace.h brings along. */
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/ns_common.h>
#include <linux/nsproxy.h>

#endif
