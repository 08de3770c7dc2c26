/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BITREV_H
#define KT_LINUX_BITREV_H

#include <kt/core/linux/bitrev.h>

/* What a kernel's linux/bitrev.h brings along. */
#include <linux/types.h>

#endif
