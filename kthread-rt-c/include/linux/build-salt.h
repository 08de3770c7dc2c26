/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BUILD_SALT_H
#define KT_LINUX_BUILD_SALT_H

#include <kt/core/linux/build-salt.h>

/* What a kernel's linux/build-salt.h brings along. */
#include <linux/types.h>

#endif
