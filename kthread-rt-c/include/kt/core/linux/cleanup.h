/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Clean-up when a variable goes out of scope: of allocations (__free), objects of a class (CLASS),
 * locks (guard).
 *
 * When a task's end unwinds its stack (kthread_exit(), an oops), that leaves the scopes, too, and
 * releases a guard's lock. A kernel does not unwind: there, such a lock stays locked for ever.
 */
#ifndef KT_CORE_LINUX_CLEANUP_H
#define KT_CORE_LINUX_CLEANUP_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/build_bug.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/stddef.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

/* `free_` is a statement about `_T`, the variable's last value. */
#define DEFINE_FREE(name, type, free_) \
	static __always_inline void __free_##name(void *__kt_variable) \
	{ \
		type _T = *(type *)__kt_variable; \
		free_; \
	}
#define __free(name) __cleanup(__free_##name)

/* Takes the value of `p` and sets `p` to `empty`, to which the clean-up is applied. */
#define __get_and_null(p, empty) \
	({ \
		__typeof__(&(p)) __kt_from = &(p); \
		__typeof__(p) __kt_taken = *__kt_from; \
		*__kt_from = (empty); \
		__kt_taken; \
	})
static inline __must_check const volatile void *__must_check_fn(const volatile void *value)
{
	return value;
}
#define no_free_ptr(p) ((__typeof__(p))__must_check_fn((const volatile void *)__get_and_null(p, NULL)))
#define return_ptr(p) return no_free_ptr(p)
#define retain_and_null_ptr(p) ((void)__get_and_null(p, NULL))

/*
 * Defines a class: a type, the clean-up of a value `_T` at the end of the scope, the initial value,
 * and the parameters of the constructor.
 */
#define DEFINE_CLASS(name, type, exit_, init_, ...) \
	typedef type class_##name##_t; \
	static __always_inline void class_##name##_destructor(type *__kt_object) \
	{ \
		type _T = *__kt_object; \
		exit_; \
	} \
	static __always_inline type class_##name##_constructor(__VA_ARGS__) \
	{ \
		type __kt_object = init_; \
		return __kt_object; \
	}
/* Defines a class with the same type and clean-up, but another constructor. */
#define EXTEND_CLASS(name, ext, init_, ...) \
	typedef class_##name##_t class_##name##ext##_t; \
	static __always_inline void class_##name##ext##_destructor(class_##name##_t *__kt_object) \
	{ \
		class_##name##_destructor(__kt_object); \
	} \
	static __always_inline class_##name##_t class_##name##ext##_constructor(__VA_ARGS__) \
	{ \
		class_##name##_t __kt_object = init_; \
		return __kt_object; \
	}
/* The constructor's arguments follow. Its place is reported if the guard makes a task wait. */
#define CLASS(name, variable) \
	class_##name##_t variable __cleanup(class_##name##_destructor) = __kt_at(&class_##name##_constructor)
/* A variable for the one statement that follows. */
#define __scoped_class(name, variable, label, ...) \
	for (CLASS(name, variable)(__VA_ARGS__);; ({ goto label; })) \
		if (0) { \
		label: \
			break; \
		} else
#define scoped_class(name, variable, ...) __scoped_class(name, variable, __UNIQUE_ID(label), __VA_ARGS__)

/*
 * Guards: classes whose value is a lock, held until the end of the scope; NULL if a guard failed to
 * take its lock.
 */
#define __KT_GUARD_PTR(name, is_conditional_, pointer) \
	static __maybe_unused const bool class_##name##_is_conditional = is_conditional_; \
	static __always_inline void *class_##name##_lock_ptr(const class_##name##_t *_T) \
	{ \
		return (void *)(pointer); \
	}
#define DEFINE_GUARD(name, type, lock_, unlock_) \
	DEFINE_CLASS(name, type, if (_T) { unlock_; }, ({ lock_; _T; }), type _T) \
	__KT_GUARD_PTR(name, false, *_T)
#define DEFINE_GUARD_COND(name, ext, condlock) \
	EXTEND_CLASS(name, ext, ({ (_T && !(condlock)) ? NULL : _T; }), class_##name##_t _T) \
	__KT_GUARD_PTR(name##ext, true, *_T)
#define __guard_ptr(name) class_##name##_lock_ptr
#define __is_cond_ptr(name) class_##name##_is_conditional

/*
 * Guards with further members, such as flags; or without a lock. `lock_` and `unlock_` are
 * statements about `_T`, which points to the guard.
 */
#define __KT_LOCK_GUARD(name, type, unlock_, ...) \
	typedef struct { \
		type *lock; \
		__VA_ARGS__; \
	} class_##name##_t; \
	static __always_inline void class_##name##_destructor(class_##name##_t *_T) \
	{ \
		if (_T->lock) { \
			unlock_; \
		} \
	} \
	__KT_GUARD_PTR(name, false, _T->lock)
#define DEFINE_LOCK_GUARD_1(name, type, lock_, unlock_, ...) \
	__KT_LOCK_GUARD(name, type, unlock_, __VA_ARGS__) \
	static __always_inline class_##name##_t class_##name##_constructor(type *__kt_lock) \
	{ \
		class_##name##_t __kt_guard, *_T = &__kt_guard; \
		__builtin_memset(_T, 0, sizeof(*_T)); \
		_T->lock = __kt_lock; \
		lock_; \
		return __kt_guard; \
	}
#define DEFINE_LOCK_GUARD_0(name, lock_, unlock_, ...) \
	__KT_LOCK_GUARD(name, void, unlock_, __VA_ARGS__) \
	static __always_inline class_##name##_t class_##name##_constructor(void) \
	{ \
		class_##name##_t __kt_guard, *_T = &__kt_guard; \
		__builtin_memset(_T, 0, sizeof(*_T)); \
		_T->lock = _T; /* not NULL: there is something to undo */ \
		lock_; \
		return __kt_guard; \
	}
#define DEFINE_LOCK_GUARD_1_COND(name, ext, condlock) \
	typedef class_##name##_t class_##name##ext##_t; \
	static __always_inline void class_##name##ext##_destructor(class_##name##_t *__kt_guard) \
	{ \
		class_##name##_destructor(__kt_guard); \
	} \
	static __always_inline class_##name##_t \
	class_##name##ext##_constructor(__typeof__(((class_##name##_t *)0)->lock) __kt_lock) \
	{ \
		class_##name##_t __kt_guard, *_T = &__kt_guard; \
		__builtin_memset(_T, 0, sizeof(*_T)); \
		_T->lock = __kt_lock; \
		if (_T->lock && !(condlock)) \
			_T->lock = NULL; \
		return __kt_guard; \
	} \
	__KT_GUARD_PTR(name##ext, true, _T->lock)

/*
 * Names that a module may use for itself. Linux has them since 6.5, and in later patch levels of
 * 6.1. For older versions, only linux/cleanup.h itself declares them.
 */
#if KT_SINCE(6, 1)
#include <kt/core/linux/guard.h>
#endif

#endif
