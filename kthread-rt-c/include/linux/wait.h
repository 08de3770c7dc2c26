/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_WAIT_H
#define KT_LINUX_WAIT_H

#include <kt/core/linux/wait.h>

/* What a kernel's linux/wait.h brings along. */
#include <linux/spinlock.h>
#include <uapi/linux/wait.h>

#endif
