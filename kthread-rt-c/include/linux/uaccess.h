/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_UACCESS_H
#define KT_LINUX_UACCESS_H

#include <kt/core/linux/uaccess.h>

/* What a kernel's linux/uaccess.h brings along. */
#include <asm/uaccess.h>
#include <linux/sched.h>

#endif
