/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_JUMP_LABEL_H
#define KT_LINUX_JUMP_LABEL_H

#include <kt/core/linux/jump_label.h>

/* What a kernel's linux/jump_label.h brings along. */
#include <linux/compiler.h>
#include <linux/stringify.h>

#endif
