/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_UIDGID_H
#define KT_LINUX_UIDGID_H

#include <kt/core/linux/uidgid.h>

/* What a kernel's linux/uidgid.h brings along. */
#include <linux/types.h>

#endif
