/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SWAP_H
#define KT_LINUX_SWAP_H

#include <kt/core/linux/swap.h>

/* What a kernel's linux/swap.h brings along. */
#include <linux/device.h>
#include <linux/kernel_stat.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/pagemap.h>
#include <linux/seq_file.h>
#include <linux/uio.h>
#include <linux/user_namespace.h>
#include <uapi/linux/mempolicy.h>

#endif
