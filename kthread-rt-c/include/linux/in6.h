/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IN6_H
#define KT_LINUX_IN6_H

#include <kt/core/linux/in6.h>

/* What a kernel's linux/in6.h brings along. */
#include <uapi/linux/in6.h>

#endif
