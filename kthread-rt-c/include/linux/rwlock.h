/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RWLOCK_H
#define KT_LINUX_RWLOCK_H

#include <kt/core/linux/spinlock.h>

#endif
