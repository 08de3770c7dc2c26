/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_REBOOT_H
#define KT_LINUX_REBOOT_H

#include <kt/core/linux/reboot.h>

/* What a kernel's linux/reboot.h brings along. */
#include <linux/notifier.h>
#include <uapi/linux/reboot.h>

#endif
