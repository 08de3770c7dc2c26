/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_STAT_H
#define KT_LINUX_STAT_H

#include <kt/core/linux/stat.h>

/* What a kernel's linux/stat.h brings along. */
#include <asm/stat.h>
#include <linux/time.h>
#include <linux/uidgid.h>
#include <uapi/linux/stat.h>

#endif
