/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_UUID_H
#define KT_LINUX_UUID_H

#include <kt/core/linux/uuid.h>

/* What a kernel's linux/uuid.h brings along. */
#include <linux/string.h>
#include <uapi/linux/uuid.h>

#endif
