/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IOPORT_H
#define KT_LINUX_IOPORT_H

#include <kt/core/linux/ioport.h>

/* What a kernel's linux/ioport.h brings along. */
#include <linux/bits.h>
#include <linux/minmax.h>

#endif
