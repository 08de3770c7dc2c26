/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KEYBOARD_H
#define KT_LINUX_KEYBOARD_H

#include <kt/core/linux/keyboard.h>

/* What a kernel's linux/keyboard.h brings along. */
#include <uapi/linux/keyboard.h>

#endif
