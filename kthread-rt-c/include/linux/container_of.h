/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CONTAINER_OF_H
#define KT_LINUX_CONTAINER_OF_H

#include <kt/core/linux/container_of.h>

/* What a kernel's linux/container_of.h brings along. */
#include <linux/build_bug.h>
#include <linux/err.h>

#endif
