/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_KEYBOARD_H
#define KT_UAPI_LINUX_KEYBOARD_H

#include <kt/core/linux/keyboard.h>

/* What a kernel's uapi/linux/keyboard.h brings along. */
#include <linux/wait.h>

#endif
