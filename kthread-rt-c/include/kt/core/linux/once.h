/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Things done once. */
#ifndef KT_CORE_LINUX_ONCE_H
#define KT_CORE_LINUX_ONCE_H

#include <kt/core/linux/printk.h>

/* Calls a function the first time. Who comes second does not wait for the first. */
#define DO_ONCE(func, ...) __kt_once(func(__VA_ARGS__))
#define DO_ONCE_LITE(func, ...) __kt_once(func(__VA_ARGS__))

#endif
