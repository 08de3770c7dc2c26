/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A lock for one writer or many readers: here an rwsem. */
#ifndef KT_LINUX_PERCPU_RWSEM_H
#define KT_LINUX_PERCPU_RWSEM_H

#include <linux/rwsem.h>

struct percpu_rw_semaphore {
	struct rw_semaphore rw_sem;
};

#define DEFINE_PERCPU_RWSEM(name) struct percpu_rw_semaphore name = { __RWSEM_INITIALIZER(0) }
#define DEFINE_STATIC_PERCPU_RWSEM(name) static DEFINE_PERCPU_RWSEM(name)

static inline int kt_percpu_init_rwsem(struct percpu_rw_semaphore *sem)
{
	init_rwsem(&sem->rw_sem);
	return 0;
}
#define percpu_init_rwsem(sem) kt_percpu_init_rwsem(sem)
#define percpu_free_rwsem(sem) do { (void)(sem); } while (0)
#define percpu_down_read(sem) down_read(&(sem)->rw_sem)
#define percpu_down_read_trylock(sem) (down_read_trylock(&(sem)->rw_sem) != 0)
#define percpu_up_read(sem) up_read(&(sem)->rw_sem)
#define percpu_down_write(sem) down_write(&(sem)->rw_sem)
#define percpu_up_write(sem) up_write(&(sem)->rw_sem)
#define percpu_is_read_locked(sem) rwsem_is_locked(&(sem)->rw_sem)
#define percpu_rwsem_is_held(sem) rwsem_is_locked(&(sem)->rw_sem)
#define percpu_rwsem_assert_held(sem) WARN_ON(!rwsem_is_locked(&(sem)->rw_sem))

#endif
