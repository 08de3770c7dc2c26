/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KSTRTOX_H
#define KT_LINUX_KSTRTOX_H

#include <kt/core/linux/kstrtox.h>

/* What a kernel's linux/kstrtox.h brings along. */
#include <linux/compiler.h>

#endif
