/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PROJID_H
#define KT_LINUX_PROJID_H

#include <kt/core/linux/uidgid.h>

/* What a kernel's linux/projid.h brings along. */
#include <linux/types.h>

#endif
