/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See fs.h. */
#ifndef KT_LINUX_FS_STRUCT_H
#define KT_LINUX_FS_STRUCT_H

#include <linux/fs.h>

#endif
