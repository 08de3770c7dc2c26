/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_SETUP_H
#define KT_ASM_SETUP_H

#include <kt/core/asm/setup.h>

/* What a kernel's asm/setup.h brings along. */
#include <asm/page_types.h>
#include <linux/ioctl.h>
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <linux/threads.h>
#include <uapi/asm/setup.h>

#endif
