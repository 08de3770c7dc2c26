/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CONFIGFS_H
#define KT_LINUX_CONFIGFS_H

#include <kt/core/linux/configfs.h>

/* What a kernel's linux/configfs.h brings along. */
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/stat.h>

#endif
