/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_FILE_H
#define KT_LINUX_FILE_H

#include <kt/core/linux/fs.h>
#include <kt/core/linux/fdtable.h>

/* What a kernel's linux/file.h brings along. */
#include <linux/err.h>
#include <linux/errno.h>

#endif
