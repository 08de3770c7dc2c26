/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IN_H
#define KT_LINUX_IN_H

#include <kt/core/linux/in.h>

/* What a kernel's linux/in.h brings along. */
#include <uapi/linux/in.h>

#endif
