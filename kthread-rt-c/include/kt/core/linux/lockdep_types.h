/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the lock validator keeps, which does not exist here. */
#ifndef KT_CORE_LINUX_LOCKDEP_TYPES_H
#define KT_CORE_LINUX_LOCKDEP_TYPES_H

#include <kt/core/linux/types.h>

struct lock_class_key {
	char unused;
};
struct lockdep_map {
	char unused;
};

struct pin_cookie {
	char unused;
};

#endif
