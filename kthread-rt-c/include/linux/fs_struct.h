/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_FS_STRUCT_H
#define KT_LINUX_FS_STRUCT_H

#include <kt/core/linux/fs_struct.h>

/* What a kernel's linux/fs_struct.h brings along. */
#include <linux/path.h>
#include <linux/seqlock.h>

#endif
