/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See linux/fs.h. */
#ifndef KT_UAPI_LINUX_FS_H
#define KT_UAPI_LINUX_FS_H

#include <linux/fs.h>

#endif
