/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_NSPROXY_H
#define KT_LINUX_NSPROXY_H

#include <kt/core/linux/nsproxy.h>

/* What a kernel's linux/nsproxy.h brings along. */
#include <linux/sched.h>

#endif
