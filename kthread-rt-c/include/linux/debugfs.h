/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DEBUGFS_H
#define KT_LINUX_DEBUGFS_H

#include <kt/core/linux/debugfs.h>

/* What a kernel's linux/debugfs.h brings along. */
#include <linux/seq_file.h>

#endif
