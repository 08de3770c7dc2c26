// SPDX-License-Identifier: MIT OR Apache-2.0
/* What one task sees of percpu_rwsems, rt_mutexes and the lock of the cpus; and two of them of priorities. */
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu-rwsem.h>
#include <linux/rtmutex.h>
#include <linux/sched/deadline.h>
#include <linux/sched/prio.h>
#include <linux/sched/rt.h>
#include <linux/slab.h>

DEFINE_STATIC_PERCPU_RWSEM(sem);
DEFINE_PERCPU_RWSEM(shared_sem);
static DEFINE_RT_MUTEX(lock);

static void percpu_rwsems(void)
{
	struct percpu_rw_semaphore *own = kzalloc(sizeof(*own), GFP_KERNEL);

	pr_info("percpu_init_rwsem: %d\n", percpu_init_rwsem(own));
	percpu_down_read(own);
	percpu_up_read(own);
	percpu_free_rwsem(own);
	kfree(own);

	percpu_down_read(&sem);
	percpu_rwsem_assert_held(&sem);
	pr_info("trylock, is_read_locked, is_write_locked of a reader's: %d", percpu_down_read_trylock(&sem));
	pr_cont(" %d %d\n", percpu_is_read_locked(&sem), percpu_is_write_locked(&sem));
	percpu_up_read(&sem);
	percpu_up_read(&sem);
	percpu_down_write(&sem);
	lockdep_assert_held(&sem);
	pr_info("the same of a writer's: %d %d %d\n", percpu_down_read_trylock(&sem), percpu_is_read_locked(&sem),
		percpu_is_write_locked(&sem));
	percpu_up_write(&sem);
	pr_info("percpu_rwsem_is_held after: %d %d\n", percpu_rwsem_is_held(&sem), percpu_rwsem_is_held(&shared_sem));
}

static int thaw(void *data)
{
	percpu_rwsem_acquire(&sem, false, _THIS_IP_);
	lockdep_assert_held(&sem);
	percpu_up_write(&sem);
	return percpu_is_write_locked(&sem);
}

/* As a filesystem is frozen by one task and thawed by another. */
static void percpu_rwsem_for_another(void)
{
	struct task_struct *task = kthread_create(thaw, NULL, "thaw");

	percpu_down_write(&sem);
	percpu_rwsem_release(&sem, false, _THIS_IP_);
	pr_info("left to another, is_write_locked, held: %d %d\n", percpu_is_write_locked(&sem), percpu_rwsem_is_held(&sem));
	get_task_struct(task);
	wake_up_process(task);
	percpu_down_read(&sem);
	pr_info("the other let it go, is_write_locked: %d\n", percpu_is_write_locked(&sem));
	percpu_up_read(&sem);
	pr_info("the other saw it locked: %d\n", kthread_stop(task));
	put_task_struct(task);
}

static int waiter(void *data)
{
	int result;

	sched_set_fifo(current);
	result = rt_mutex_lock_interruptible(&lock);
	if (!result)
		rt_mutex_unlock(&lock);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1000);
	return result;
}

static void rt_mutexes(void)
{
	struct rt_mutex own;
	struct task_struct *task;

	rt_mutex_init(&own);
	pr_info("rt_mutex_trylock, again: %d", rt_mutex_trylock(&own));
	pr_cont(" %d\n", rt_mutex_trylock(&own));
	rt_mutex_unlock(&own);
	pr_info("rt_mutex_base_is_locked: %d\n", rt_mutex_base_is_locked(&own.rtmutex));

	rt_mutex_lock(&lock);
	lockdep_assert_held(&lock);
	pr_info("the owner is current: %d\n", lock.rtmutex.owner == current);
	pr_info("rt_mutex_lock_interruptible again: %d\n", rt_mutex_lock_interruptible(&lock));
	pr_info("rt_mutex_lock_killable again: %d\n", rt_mutex_lock_killable(&lock));
	pr_info("prio, rt_task, dl_task: %d %d %d\n", current->prio, rt_task(current), dl_task(current));
	task = kthread_run(waiter, NULL, "waiter");
	wait_task_inactive(task, 0);
	pr_info("with a waiter of fifo priority: %d %d, normal_prio %d\n", current->prio, rt_task(current),
		current->normal_prio);
	rt_mutex_unlock(&lock);
	pr_info("after unlock: %d %d\n", current->prio, rt_task(current));
	pr_info("the waiter got it: %d\n", kthread_stop(task));

	rt_mutex_lock_nested(&lock, 1);
	task = kthread_run(waiter, NULL, "waiter");
	wait_task_inactive(task, 0);
	pr_info("stopped while it waits: %d\n", kthread_stop(task));
	pr_info("prio after: %d\n", current->prio);
	rt_mutex_unlock(&lock);

	sched_set_fifo(current);
	pr_info("sched_set_fifo: prio %d, rt_task %d\n", current->prio, rt_task(current));
	sched_set_normal(current, MAX_NICE);
	pr_info("sched_set_normal(MAX_NICE): prio %d, rt_task %d\n", current->prio, rt_task(current));
	sched_set_normal(current, 0);
}

static void cpus(void)
{
	cpus_read_lock();
	lockdep_assert_cpus_held();
	pr_info("cpus_read_trylock of a reader's: %d\n", cpus_read_trylock());
	cpus_read_unlock();
	cpus_read_unlock();
	cpus_write_lock();
	pr_info("cpus_read_trylock of a writer's, held: %d %d\n", cpus_read_trylock(), lockdep_is_cpus_held());
	cpus_write_unlock();
	pr_info("held after: %d\n", lockdep_is_cpus_held());
	cpu_hotplug_disable();
	pr_info("remove_cpu, disabled: %d\n", remove_cpu(0));
	cpu_hotplug_enable();
	pr_info("remove_cpu, add_cpu of one that there is not: %d %d\n", num_online_cpus() > 1 ? remove_cpu(4000) : -EINVAL,
		add_cpu(4000));
}

static int __init begin(void)
{
	pr_info("sizes: %zu %zu\n", sizeof(struct percpu_rw_semaphore), sizeof(struct rt_mutex));
	percpu_rwsems();
	percpu_rwsem_for_another();
	rt_mutexes();
	cpus();
	lockdep_assert_not_held(&lock);
	pr_info("one that holds does not\n");
	lockdep_assert_held(&lock);
	pr_info("an assertion that does not hold warns\n");
	rt_mutex_lock(&lock);
	lockdep_assert_not_held(&lock);
	rt_mutex_unlock(&lock);
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
