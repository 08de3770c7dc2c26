/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_COMPAT_H
#define KT_LINUX_COMPAT_H

#include <kt/core/linux/compat.h>

/* What a kernel's linux/compat.h brings along. */
#include <asm/compat.h>
#include <asm/syscall_wrapper.h>
#include <linux/fs.h>
#include <linux/socket.h>

#endif
