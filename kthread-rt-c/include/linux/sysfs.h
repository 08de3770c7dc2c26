/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SYSFS_H
#define KT_LINUX_SYSFS_H

#include <kt/core/linux/sysfs.h>

/* What a kernel's linux/sysfs.h brings along. */
#include <linux/idr.h>
#include <linux/kobject_ns.h>
#include <linux/stat.h>

#endif
