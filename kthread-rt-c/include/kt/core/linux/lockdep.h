/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The lock validator, which runs in a Kernel with debug: annotations of lock classes. An assertion
 * that a lock is held checks as much as is known about the lock.
 */
#ifndef KT_CORE_LINUX_LOCKDEP_H
#define KT_CORE_LINUX_LOCKDEP_H

#include <kt/core/linux/bug.h>
#include <kt/core/linux/lockdep_types.h>
#include <kt/core/linux/rwlock_types.h>
#include <kt/core/linux/spinlock_types.h>

struct mutex;
struct percpu_rw_semaphore;
struct rt_mutex;
struct rw_semaphore;
struct ww_mutex;

#define SINGLE_DEPTH_NESTING 1

KT_BEGIN
int kt_mutex_is_held(const struct mutex *lock);
int kt_percpu_rwsem_is_held(const struct percpu_rw_semaphore *sem);
int kt_rt_mutex_is_held(const struct rt_mutex *lock);
int kt_rwsem_is_held(const struct rw_semaphore *sem, int for_writing);
KT_END

/* The lock is identified by its address. */
#define lockdep_set_class(lock, key) lockdep_set_class_and_name(lock, key, #key)
#define lockdep_set_class_and_name(lock, key, name) kt_lock_class((lock), (key), (name), 0)
#define lockdep_set_class_and_subclass(lock, key, subclass) kt_lock_class((lock), (key), #key, (subclass))
#define lockdep_set_subclass(lock, subclass) kt_lock_subclass((lock), (subclass))
#define lockdep_set_novalidate_class(lock) kt_lock_not_checked(lock)

static inline int kt_word_is_held(const volatile void *lock)
{
	return (*(const volatile u32 *)lock & 0x9fffffff) != 0;
}

/*
 * For mutexes of any kind, and for a percpu_rwsem that is held for writing, the holder is known;
 * for other locks, only whether any task holds them; for an unknown type, nothing. A ww_mutex
 * begins with its mutex.
 */
#ifdef __cplusplus
#define lockdep_is_held(lock) 1
#define lockdep_is_held_type(lock, read) 1
#define kt_is_held_by_caller(lock) ((void)(lock), 0)
#else
/* Checked as far as it is known. */
#define kt_is_held_by_caller(lock) \
	_Generic((lock), \
		struct mutex *: kt_mutex_is_held((const struct mutex *)(const void *)(lock)), \
		struct ww_mutex *: kt_mutex_is_held((const struct mutex *)(const void *)(lock)), \
		struct rt_mutex *: kt_rt_mutex_is_held((const struct rt_mutex *)(const void *)(lock)), \
		default: 0)
#define lockdep_is_held(lock) \
	_Generic((lock), \
		spinlock_t *: kt_word_is_held(lock), const spinlock_t *: kt_word_is_held(lock), \
		rwlock_t *: kt_word_is_held(lock), \
		struct mutex *: kt_mutex_is_held((const struct mutex *)(const void *)(lock)), \
		struct ww_mutex *: kt_mutex_is_held((const struct mutex *)(const void *)(lock)), \
		struct rt_mutex *: kt_rt_mutex_is_held((const struct rt_mutex *)(const void *)(lock)), \
		struct percpu_rw_semaphore *: \
			kt_percpu_rwsem_is_held((const struct percpu_rw_semaphore *)(const void *)(lock)), \
		struct rw_semaphore *: kt_rwsem_is_held((const struct rw_semaphore *)(const void *)(lock), 0), \
		default: 1)
#define lockdep_is_held_type(lock, read) \
	_Generic((lock), \
		struct rw_semaphore *: kt_rwsem_is_held((const struct rw_semaphore *)(const void *)(lock), !(read)), \
		default: lockdep_is_held(lock))
#endif
#define lockdep_assert(condition) WARN_ON(!(condition))
#define lockdep_assert_once(condition) WARN_ON_ONCE(!(condition))
#define lockdep_assert_held(lock) lockdep_assert(lockdep_is_held(lock))
#define lockdep_assert_held_once(lock) lockdep_assert_once(lockdep_is_held(lock))
#define lockdep_assert_held_write(lock) lockdep_assert(lockdep_is_held_type(lock, 0))
#define lockdep_assert_held_exclusive(lock) lockdep_assert_held_write(lock)
#define lockdep_assert_held_read(lock) lockdep_assert(lockdep_is_held_type(lock, 1))
#define lockdep_assert_not_held(lock) lockdep_assert(!kt_is_held_by_caller(lock))
#define lockdep_assert_none_held_once() do { } while (0)
#define lockdep_assert_irqs_enabled() do { } while (0)
#define lockdep_assert_irqs_disabled() do { } while (0)
#define lockdep_assert_in_irq() do { } while (0)
#define lockdep_assert_in_softirq() do { } while (0)
#define lockdep_assert_RT_in_threaded_ctx() do { } while (0)
#define lockdep_assert_preemption_enabled() do { } while (0)
#define lockdep_assert_preemption_disabled() do { } while (0)
#define lockdep_depth(task) 0

static inline void lockdep_off(void)
{
}

static inline void lockdep_on(void)
{
}

#define lockdep_recursing(task) 0
#define lockdep_init_map(map, name, key, subclass) do { (void)(map); (void)(key); } while (0)

static inline void lockdep_register_key(struct lock_class_key *key)
{
	(void)key;
}

static inline void lockdep_unregister_key(struct lock_class_key *key)
{
	(void)key;
}

#define lock_acquire(map, subclass, trylock, read, check, nest, ip) do { (void)(map); } while (0)
#define lock_release(map, ip) do { (void)(map); } while (0)
#define lock_map_acquire(map) do { (void)(map); } while (0)
#define lock_map_acquire_read(map) do { (void)(map); } while (0)
#define lock_map_release(map) do { (void)(map); } while (0)
#define lock_map_acquire_tryread(map) do { (void)(map); } while (0)
#define lock_acquire_exclusive(map, subclass, trylock, nest, ip) lock_acquire(map, subclass, trylock, 0, 1, nest, ip)
#define lock_acquire_shared(map, subclass, trylock, nest, ip) lock_acquire(map, subclass, trylock, 1, 1, nest, ip)
#define lock_acquire_shared_recursive(map, subclass, trylock, nest, ip) lock_acquire(map, subclass, trylock, 2, 1, nest, ip)
#define lock_acquired(map, ip) do { (void)(map); } while (0)
#define lock_contended(map, ip) do { (void)(map); } while (0)
#define lock_downgrade(map, ip) do { (void)(map); } while (0)
#define lock_set_class(map, name, key, subclass, ip) do { (void)(map); } while (0)
#define lock_set_novalidate_class(map, name, ip) do { (void)(map); } while (0)
#define lock_set_subclass(map, subclass, ip) do { (void)(map); } while (0)
/* Nothing is known about a map alone. */
#define LOCK_STATE_UNKNOWN -1
#define LOCK_STATE_NOT_HELD 0
#define LOCK_STATE_HELD 1

static inline int lock_is_held_type(const struct lockdep_map *map, int read)
{
	(void)map, (void)read;
	return LOCK_STATE_UNKNOWN;
}

static inline int lock_is_held(const struct lockdep_map *map)
{
	return lock_is_held_type(map, -1);
}

#define LOCK_CONTENDED(lock, trylock, take) take(lock)
#define LOCK_CONTENDED_RETURN(lock, trylock, take) take(lock)
#define STATIC_LOCKDEP_MAP_INIT(name, key) { 0 }

#define NIL_COOKIE ((struct pin_cookie){ 0 })
#define lockdep_pin_lock(lock) ({ (void)(lock); NIL_COOKIE; })
#define lockdep_repin_lock(lock, cookie) do { (void)(lock); (void)(cookie); } while (0)
#define lockdep_unpin_lock(lock, cookie) do { (void)(lock); (void)(cookie); } while (0)
#define lockdep_match_class(lock, key) 0

static inline int lockdep_match_key(struct lockdep_map *map, struct lock_class_key *key)
{
	(void)key, (void)map;
	return 0;
}

static inline void lockdep_copy_map(struct lockdep_map *to, struct lockdep_map *from)
{
	(void)to, (void)from;
}

#define lockdep_init_map_wait(map, name, key, subclass, inner) lockdep_init_map(map, name, key, subclass)
#define lockdep_init_map_waits(map, name, key, subclass, inner, outer) lockdep_init_map(map, name, key, subclass)
#define lockdep_init_map_type(map, name, key, subclass, inner, outer, type) lockdep_init_map(map, name, key, subclass)

/* Annotations for a module's own kinds of locks. */
#define spin_acquire(map, subclass, trylock, ip) lock_acquire_exclusive(map, subclass, trylock, 0, ip)
#define spin_acquire_nest(map, subclass, trylock, nest, ip) lock_acquire_exclusive(map, subclass, trylock, nest, ip)
#define spin_release(map, ip) lock_release(map, ip)
#define rwlock_acquire(map, subclass, trylock, ip) lock_acquire_exclusive(map, subclass, trylock, 0, ip)
#define rwlock_acquire_read(map, subclass, trylock, ip) lock_acquire_shared(map, subclass, trylock, 0, ip)
#define rwlock_release(map, ip) lock_release(map, ip)
#define seqcount_acquire(map, subclass, trylock, ip) lock_acquire_exclusive(map, subclass, trylock, 0, ip)
#define seqcount_acquire_read(map, subclass, trylock, ip) lock_acquire_shared_recursive(map, subclass, trylock, 0, ip)
#define seqcount_release(map, ip) lock_release(map, ip)
#define mutex_acquire(map, subclass, trylock, ip) lock_acquire_exclusive(map, subclass, trylock, 0, ip)
#define mutex_acquire_nest(map, subclass, trylock, nest, ip) lock_acquire_exclusive(map, subclass, trylock, nest, ip)
#define mutex_release(map, ip) lock_release(map, ip)
#define rwsem_acquire(map, subclass, trylock, ip) lock_acquire_exclusive(map, subclass, trylock, 0, ip)
#define rwsem_acquire_nest(map, subclass, trylock, nest, ip) lock_acquire_exclusive(map, subclass, trylock, nest, ip)
#define rwsem_acquire_read(map, subclass, trylock, ip) lock_acquire_shared(map, subclass, trylock, 0, ip)
#define rwsem_release(map, ip) lock_release(map, ip)
#define might_lock(lock) do { (void)(lock); } while (0)
#define might_lock_nested(lock, subclass) do { (void)(lock); } while (0)
#define might_lock_read(lock) do { (void)(lock); } while (0)

static inline void debug_show_all_locks(void)
{
}

static inline void debug_show_held_locks(struct task_struct *task)
{
	(void)task;
}

static inline void debug_check_no_locks_held(void)
{
}

#endif
