/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_WAIT_BIT_H
#define KT_LINUX_WAIT_BIT_H

#include <kt/core/linux/wait_bit.h>

/* What a kernel's linux/wait_bit.h brings along. */
#include <linux/wait.h>

#endif
