/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_FIND_H
#define KT_LINUX_FIND_H

#include <kt/core/linux/find.h>

/* What a kernel's linux/find.h brings along. */
#include <linux/bitops.h>

#endif
