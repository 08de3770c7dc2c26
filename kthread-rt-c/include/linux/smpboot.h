/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SMPBOOT_H
#define KT_LINUX_SMPBOOT_H

#include <kt/core/linux/smpboot.h>

/* What a kernel's linux/smpboot.h brings along. */
#include <linux/types.h>

#endif
