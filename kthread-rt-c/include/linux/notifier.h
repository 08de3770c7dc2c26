/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_NOTIFIER_H
#define KT_LINUX_NOTIFIER_H

#include <kt/core/linux/notifier.h>

/* What a kernel's linux/notifier.h brings along. */
#include <linux/rwsem.h>
#include <linux/srcu.h>

#endif
