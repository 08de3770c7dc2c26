/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MEMPOOL_H
#define KT_LINUX_MEMPOOL_H

#include <kt/core/linux/mempool.h>

/* What a kernel's linux/mempool.h brings along. */
#include <linux/wait.h>

#endif
