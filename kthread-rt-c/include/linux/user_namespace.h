/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_USER_NAMESPACE_H
#define KT_LINUX_USER_NAMESPACE_H

#include <kt/core/linux/uidgid.h>

/* What a kernel's linux/user_namespace.h brings along. */
#include <linux/kref.h>
#include <linux/ns_common.h>
#include <linux/nsproxy.h>
#include <linux/rwsem.h>
#include <linux/sysctl.h>

#endif
