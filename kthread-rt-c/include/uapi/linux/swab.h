/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_SWAB_H
#define KT_UAPI_LINUX_SWAB_H

#include <kt/core/linux/swab.h>

/* What a kernel's uapi/linux/swab.h brings along. */
#include <linux/compiler.h>

#endif
