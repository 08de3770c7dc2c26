/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_FDTABLE_H
#define KT_LINUX_FDTABLE_H

#include <kt/core/linux/fdtable.h>

/* What a kernel's linux/fdtable.h brings along. */
#include <linux/fs.h>
#include <linux/nospec.h>

#endif
