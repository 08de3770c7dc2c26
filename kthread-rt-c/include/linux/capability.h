/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CAPABILITY_H
#define KT_LINUX_CAPABILITY_H

#include <kt/core/linux/capability.h>

/* What a kernel's linux/capability.h brings along. */
#include <linux/uidgid.h>
#include <uapi/linux/capability.h>

#endif
