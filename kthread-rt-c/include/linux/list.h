/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LIST_H
#define KT_LINUX_LIST_H

#include <kt/core/linux/list.h>

/* What a kernel's linux/list.h brings along. */
#include <asm/barrier.h>
#include <linux/container_of.h>
#include <linux/poison.h>

#endif
