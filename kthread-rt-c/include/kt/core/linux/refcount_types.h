/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The type of a reference count. */
#ifndef KT_CORE_LINUX_REFCOUNT_TYPES_H
#define KT_CORE_LINUX_REFCOUNT_TYPES_H

#include <kt/core/linux/types.h>

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

#endif
