/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PROC_FS_H
#define KT_LINUX_PROC_FS_H

#include <kt/core/linux/proc_fs.h>

/* What a kernel's linux/proc_fs.h brings along. */
#include <linux/fs.h>

#endif
