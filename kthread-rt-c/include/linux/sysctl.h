/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SYSCTL_H
#define KT_LINUX_SYSCTL_H

#include <kt/core/linux/sysctl.h>

/* What a kernel's linux/sysctl.h brings along. */
#include <linux/rbtree.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <uapi/linux/sysctl.h>

#endif
