/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LCM_H
#define KT_LINUX_LCM_H

#include <kt/core/linux/lcm.h>

/* What a kernel's linux/lcm.h brings along. */
#include <linux/compiler.h>

#endif
