/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_STDDEF_H
#define KT_LINUX_STDDEF_H

#include <kt/core/linux/stddef.h>

/* What a kernel's linux/stddef.h brings along. */
#include <uapi/linux/stddef.h>

#endif
