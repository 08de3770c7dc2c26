/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KMOD_H
#define KT_LINUX_KMOD_H

#include <kt/core/linux/kmod.h>

/* What a kernel's linux/kmod.h brings along. */
#include <linux/umh.h>

#endif
