/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_NMI_H
#define KT_LINUX_NMI_H

#include <kt/core/linux/nmi.h>

/* What a kernel's linux/nmi.h brings along. */
#include <asm/io.h>
#include <asm/irq.h>
#include <linux/irq_work.h>
#include <linux/pm.h>

#endif
