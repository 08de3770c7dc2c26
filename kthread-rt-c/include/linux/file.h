/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See fs.h. */
#ifndef KT_LINUX_FILE_H
#define KT_LINUX_FILE_H

#include <linux/fs.h>
#include <linux/fdtable.h>

#endif
