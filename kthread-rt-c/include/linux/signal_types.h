/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SIGNAL_TYPES_H
#define KT_LINUX_SIGNAL_TYPES_H

#include <kt/core/linux/signal_types.h>

/* What a kernel's linux/signal_types.h brings along. */
#include <linux/list.h>
#include <uapi/linux/signal.h>

#endif
