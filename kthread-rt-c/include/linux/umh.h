/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_UMH_H
#define KT_LINUX_UMH_H

#include <kt/core/linux/umh.h>

/* What a kernel's linux/umh.h brings along. */
#include <linux/gfp.h>
#include <linux/sysctl.h>

#endif
