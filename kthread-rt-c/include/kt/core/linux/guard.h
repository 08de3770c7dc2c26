/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * guard and the like: a part of linux/cleanup.h. The guard's arguments follow: guard(mutex)(&lock).
 */
#ifndef KT_CORE_LINUX_GUARD_H
#define KT_CORE_LINUX_GUARD_H

/* Until the end of the block. */
#define guard(name) CLASS(name, __UNIQUE_ID(guard))

/*
 * For the next statement only, which is skipped if the lock was not taken. The compiler knows that
 * an unconditional lock is always taken.
 */
#define __scoped_guard(name, label, ...) \
	for (CLASS(name, __kt_scope)(__VA_ARGS__); \
	     !__is_cond_ptr(name) || __guard_ptr(name)(&__kt_scope); ({ goto label; })) \
		if (0) { \
		label: \
			break; \
		} else
#define scoped_guard(name, ...) __scoped_guard(name, __UNIQUE_ID(label), __VA_ARGS__)

/* The same, with a statement for that case. */
#define __scoped_cond_guard(name, fail, label, ...) \
	for (CLASS(name, __kt_scope)(__VA_ARGS__);; ({ goto label; })) \
		if (({ BUILD_BUG_ON(!__is_cond_ptr(name)); !__guard_ptr(name)(&__kt_scope); })) { \
			fail; \
		label: \
			break; \
		} else
#define scoped_cond_guard(name, fail, ...) __scoped_cond_guard(name, fail, __UNIQUE_ID(label), __VA_ARGS__)

#endif
