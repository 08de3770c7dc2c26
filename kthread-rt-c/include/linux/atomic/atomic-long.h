/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See atomic.h. */
#ifndef KT_LINUX_ATOMIC_ATOMIC_LONG_H
#define KT_LINUX_ATOMIC_ATOMIC_LONG_H

#include <linux/atomic.h>

#endif
