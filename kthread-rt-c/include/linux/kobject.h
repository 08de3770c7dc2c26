/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KOBJECT_H
#define KT_LINUX_KOBJECT_H

#include <kt/core/linux/kobject.h>

/* What a kernel's linux/kobject.h brings along. */
#include <linux/sysfs.h>

#endif
