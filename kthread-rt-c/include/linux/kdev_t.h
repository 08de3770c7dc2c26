/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KDEV_T_H
#define KT_LINUX_KDEV_T_H

#include <kt/core/linux/kdev_t.h>

/* What a kernel's linux/kdev_t.h brings along. */
#include <uapi/linux/kdev_t.h>

#endif
