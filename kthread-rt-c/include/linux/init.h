/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_INIT_H
#define KT_LINUX_INIT_H

#include <kt/core/linux/init.h>

/* What a kernel's linux/init.h brings along. */
#include <linux/compiler.h>

#endif
