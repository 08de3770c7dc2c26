/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SWAB_H
#define KT_LINUX_SWAB_H

#include <kt/core/linux/swab.h>

/* What a kernel's linux/swab.h brings along. */
#include <uapi/linux/swab.h>

#endif
