/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SIGNAL_H
#define KT_LINUX_SIGNAL_H

#include <kt/core/linux/signal.h>

/* What a kernel's linux/signal.h brings along. */
#include <linux/signal_types.h>

#endif
