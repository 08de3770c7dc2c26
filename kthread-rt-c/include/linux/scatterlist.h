/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SCATTERLIST_H
#define KT_LINUX_SCATTERLIST_H

#include <kt/core/linux/scatterlist.h>

/* What a kernel's linux/scatterlist.h brings along. */
#include <asm/io.h>
#include <linux/mm.h>

#endif
