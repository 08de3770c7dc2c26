// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread for each kind of wait, which all wait for ever: for the table. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

static DECLARE_COMPLETION(begun);
static DECLARE_COMPLETION(never);
static DEFINE_SRCU(domain);
static struct semaphore sem;
static unsigned long word = 1;
static int variable;
static struct rcu_head head;
static struct workqueue_struct *queue;

static int down_fn(void *data)
{
	down(&sem);
	return 0;
}

static int bit_fn(void *data)
{
	return wait_on_bit(&word, 0, TASK_UNINTERRUPTIBLE);
}

static int var_fn(void *data)
{
	wait_var_event(&variable, READ_ONCE(variable));
	return 0;
}

static int usleep_fn(void *data)
{
	usleep_range(3000000000UL, 3000000000UL);
	return 0;
}

static int reader_fn(void *data)
{
	rcu_read_lock();
	complete(&begun);
	while (!READ_ONCE(variable))
		cpu_relax();
	rcu_read_unlock();
	return 0;
}

static int rcu_fn(void *data)
{
	synchronize_rcu();
	return 0;
}

static int srcu_reader_fn(void *data)
{
	int index = srcu_read_lock(&domain);

	wait_for_completion(&never);
	srcu_read_unlock(&domain, index);
	return 0;
}

static int srcu_fn(void *data)
{
	synchronize_srcu(&domain);
	return 0;
}

static void callback(struct rcu_head *unused)
{
}

static int barrier_fn(void *data)
{
	rcu_barrier();
	return 0;
}

static void work_fn(struct work_struct *work)
{
	complete(&begun);
	wait_for_completion(&never);
}

static DECLARE_WORK(work, work_fn);

static void short_fn(struct work_struct *work)
{
}

static DECLARE_WORK(short_work, short_fn);

static int flush_fn(void *data)
{
	flush_work(&work);
	return 0;
}

static int flush_queue_fn(void *data)
{
	flush_workqueue(queue);
	return 0;
}

static void sleeps(int (*fn)(void *), const char *name)
{
	wait_task_inactive(kthread_run(fn, NULL, "%s", name), 0);
}

static int __init waits_init(void)
{
	sema_init(&sem, 0);
	queue = alloc_workqueue("mine", WQ_UNBOUND, 0);
	queue_work(system_highpri_wq, &short_work);
	flush_work(&short_work);
	queue_work(queue, &work);
	wait_for_completion(&begun);
	kthread_run(reader_fn, NULL, "reader");
	wait_for_completion(&begun);
	sleeps(down_fn, "down");
	sleeps(bit_fn, "bit");
	sleeps(var_fn, "var");
	sleeps(usleep_fn, "usleep");
	sleeps(srcu_reader_fn, "srcu_reader");
	sleeps(srcu_fn, "srcu");
	sleeps(rcu_fn, "rcu");
	call_rcu(&head, callback);
	sleeps(barrier_fn, "barrier");
	sleeps(flush_fn, "flush");
	sleeps(flush_queue_fn, "flush_queue");
	pr_info("all of them wait\n");
	return 0;
}

static void __exit waits_exit(void)
{
}

module_init(waits_init);
module_exit(waits_exit);
MODULE_LICENSE("Dual MIT/GPL");
