/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_FCNTL_H
#define KT_LINUX_FCNTL_H

#include <kt/core/linux/fcntl.h>

/* What a kernel's linux/fcntl.h brings along. */
#include <linux/stat.h>
#include <uapi/linux/fcntl.h>

#endif
