/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MMAN_H
#define KT_LINUX_MMAN_H

#include <kt/core/linux/mman.h>

/* What a kernel's linux/mman.h brings along. */
#include <linux/mm.h>
#include <uapi/linux/mman.h>

#endif
