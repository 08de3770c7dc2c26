/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PID_H
#define KT_LINUX_PID_H

#include <kt/core/linux/pid.h>

/* What a kernel's linux/pid.h brings along. */
#include <linux/rculist.h>
#include <linux/refcount.h>
#include <linux/wait.h>

#endif
