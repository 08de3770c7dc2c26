/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KFIFO_H
#define KT_LINUX_KFIFO_H

#include <kt/core/linux/kfifo.h>

/* What a kernel's linux/kfifo.h brings along. */
#include <linux/scatterlist.h>

#endif
