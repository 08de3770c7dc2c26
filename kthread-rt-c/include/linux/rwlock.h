/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reader-writer spinlocks. */
#ifndef KT_LINUX_RWLOCK_H
#define KT_LINUX_RWLOCK_H

#include <linux/spinlock.h>

#endif
