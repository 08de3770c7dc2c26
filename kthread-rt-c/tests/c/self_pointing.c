// SPDX-License-Identifier: MIT OR Apache-2.0
/* Heads and entries that an initialiser made point to themselves, and heads do again when their last entry has left. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/swait.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/ww_mutex.h>

static bool alone(const struct list_head *list)
{
	return list->next == list && list->prev == list;
}

static DECLARE_WAIT_QUEUE_HEAD(wq);
static DECLARE_SWAIT_QUEUE_HEAD(sq);
static DECLARE_COMPLETION(done);
static DEFINE_KTHREAD_WORKER(worker);
static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(rwsem);
static struct semaphore semaphore = __SEMAPHORE_INITIALIZER(semaphore, 1);
static DEFINE_WW_CLASS(class);
static DEFINE_WW_MUTEX(ww, class);
static BLOCKING_NOTIFIER_HEAD(chain);

struct locks {
	struct mutex mutex;
	struct rw_semaphore rwsem;
	struct semaphore semaphore;
	struct ww_mutex ww;
};

static int waits(void *data)
{
	struct locks *locks = data;

	mutex_lock(&locks->mutex);
	mutex_unlock(&locks->mutex);
	down_write(&locks->rwsem);
	up_write(&locks->rwsem);
	down(&locks->semaphore);
	return 0;
}

static void until_asleep(struct task_struct *task)
{
	while (!wait_task_inactive(task, TASK_UNINTERRUPTIBLE))
		schedule_timeout_uninterruptible(1);
}

static void lock_lists(void)
{
	static struct locks own;
	struct task_struct *task;

	mutex_init(&own.mutex);
	init_rwsem(&own.rwsem);
	sema_init(&own.semaphore, 0);
	ww_mutex_init(&own.ww, &class);
	pr_info("locks: %d %d %d %d %d\n", alone(&mutex.wait_list), alone(&rwsem.wait_list), alone(&semaphore.wait_list),
		alone(&ww.base.wait_list), alone(&chain.rwsem.wait_list));
	pr_info("initialised: %d %d %d %d\n", alone(&own.mutex.wait_list), alone(&own.rwsem.wait_list),
		alone(&own.semaphore.wait_list), alone(&own.ww.base.wait_list));
	mutex_lock(&own.mutex);
	down_read(&own.rwsem);
	task = kthread_run(waits, &own, "waits");
	until_asleep(task);
	pr_info("waited for: %d", alone(&own.mutex.wait_list));
	mutex_unlock(&own.mutex);
	until_asleep(task);
	pr_cont(" %d", alone(&own.rwsem.wait_list));
	up_read(&own.rwsem);
	until_asleep(task);
	pr_cont(" %d\n", alone(&own.semaphore.wait_list));
	up(&own.semaphore);
	kthread_stop(task);
	pr_info("again: %d %d %d\n", alone(&own.mutex.wait_list), alone(&own.rwsem.wait_list), alone(&own.semaphore.wait_list));
}

static void nothing(struct kthread_work *work)
{
}

static DEFINE_KTHREAD_WORK(work, nothing);

static void works(struct work_struct *unused)
{
}

static DECLARE_WORK(declared, works);
static struct delayed_work delayed;

static int __init lists_init(void)
{
	DEFINE_WAIT(entry);
	DECLARE_SWAITQUEUE(simple);
	struct task_struct *task;
	struct wait_queue_entry again;
	struct completion own;

	lock_lists();
	init_completion(&own);
	init_wait(&again);
	pr_info("heads: %d %d %d %d %d %d\n", alone(&wq.head), alone(&sq.task_list), alone(&done.wait.task_list),
		alone(&own.wait.task_list), alone(&worker.work_list), alone(&worker.delayed_work_list));
	pr_info("entries: %d %d %d %d; the usual function: %d\n", alone(&entry.entry), alone(&again.entry), alone(&simple.task_list),
		alone(&work.node), entry.func == autoremove_wake_function);
	delayed.timer.expires = 77;
	INIT_DELAYED_WORK(&delayed, works);
	pr_info("works: %d %d, expires %lu\n", alone(&declared.entry), alone(&delayed.work.entry), delayed.timer.expires);
	prepare_to_wait(&wq, &entry, TASK_UNINTERRUPTIBLE);
	prepare_to_swait_exclusive(&sq, &simple, TASK_UNINTERRUPTIBLE);
	pr_info("in use: %d %d\n", alone(&wq.head), alone(&sq.task_list));
	wake_up(&wq);
	pr_info("woken: empty %d, on it %d\n", list_empty(&entry.entry), !alone(&wq.head));
	swake_up_one(&sq);
	finish_wait(&wq, &entry);
	finish_swait(&sq, &simple);
	kthread_queue_work(&worker, &work);
	task = kthread_run(kthread_worker_fn, &worker, "worker");
	kthread_flush_worker(&worker);
	kthread_stop(task);
	pr_info("again: %d %d %d\n", alone(&wq.head), alone(&sq.task_list), alone(&worker.work_list));
	/* What is on a queue is not taken off by this, and is woken by its new function. */
	add_wait_queue(&wq, &entry);
	init_waitqueue_entry(&entry, current);
	set_current_state(TASK_UNINTERRUPTIBLE);
	wake_up(&wq);
	pr_info("initialised on it: state 0x%x, on it %d\n", READ_ONCE(current->__state), !alone(&wq.head));
	remove_wait_queue(&wq, &entry);
	pr_info("again: %d\n", alone(&wq.head));
	return 0;
}

static void __exit lists_exit(void)
{
}

module_init(lists_init);
module_exit(lists_exit);
MODULE_LICENSE("GPL");
