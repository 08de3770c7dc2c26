/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lock classes, and annotations of the next lock operation. */
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
/* Puts the lock into the class that the key's address identifies. */
void kt_lock_class(const volatile void *lock, const void *key, const char *name, unsigned int subclass);
void kt_lock_subclass(const volatile void *lock, unsigned int subclass);
void kt_lock_not_checked(const volatile void *lock);
/*
 * The next lock taken belongs to the subclass; while `outer` is held, the order within its class
 * does not matter.
 */
void kt_lock_next(unsigned int subclass, const volatile void *outer);
/*
 * The next lock taken will be released by another task, or the next one released was taken by
 * another task.
 */
void kt_lock_next_non_owner(void);
KT_END

#endif
