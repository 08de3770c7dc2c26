/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MMZONE_H
#define KT_LINUX_MMZONE_H

#include <kt/core/linux/mmzone.h>

/* What a kernel's linux/mmzone.h brings along. */
#include <linux/nodemask.h>
#include <linux/page-flags.h>

#endif
