/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CRED_H
#define KT_LINUX_CRED_H

#include <kt/core/linux/cred.h>

/* What a kernel's linux/cred.h brings along. */
#include <linux/capability.h>
#include <linux/sched/user.h>
#include <linux/sysctl.h>

#endif
