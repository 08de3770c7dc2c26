/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_NAMEI_H
#define KT_LINUX_NAMEI_H

#include <kt/core/linux/namei.h>

/* What a kernel's linux/namei.h brings along. */
#include <linux/fs.h>

#endif
