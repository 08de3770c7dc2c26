/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What makes the classes of locks, and what code says of the next lock that it takes. */
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

KT_BEGIN
/* The lock is of the class that the key's address makes. */
void kt_lock_class(const volatile void *lock, const void *key, const char *name, unsigned int subclass);
void kt_lock_subclass(const volatile void *lock, unsigned int subclass);
void kt_lock_not_checked(const volatile void *lock);
/* The lock that is taken next is of the subclass; while `outer` is held, the order in its class is no matter. */
void kt_lock_next(unsigned int subclass, const volatile void *outer);
/* The lock that is taken next is let go by another task, or the one that is let go next was taken by one. */
void kt_lock_next_non_owner(void);
KT_END

#endif
