/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KERNEL_H
#define KT_LINUX_KERNEL_H

#include <kt/core/linux/kernel.h>

/* What a kernel's linux/kernel.h brings along. */
#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/container_of.h>
#include <linux/instruction_pointer.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>

#endif
