/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_RWLOCK_TYPES_H
#define KT_LINUX_RWLOCK_TYPES_H

#include <kt/core/linux/rwlock_types.h>

#endif
