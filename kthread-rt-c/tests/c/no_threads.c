// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * What the calls that wait return when the system has no thread: from the start ("early"), or once the queues, a worker and a
 * timer are there ("late"). Nothing hangs: an alarm ends a program that does.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <linux/async.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kmod.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/smpboot.h>
#include <linux/timer.h>
#include <linux/umh.h>
#include <linux/workqueue.h>

static atomic_t ran = ATOMIC_INIT(0);

static void count_work(struct work_struct *work)
{
	atomic_inc(&ran);
}

static void count_kthread_work(struct kthread_work *work)
{
	atomic_inc(&ran);
}

static void count_async(void *data, async_cookie_t cookie)
{
	atomic_inc(&ran);
}

static void count_rcu(struct rcu_head *head)
{
	atomic_inc(&ran);
}

static void count_tasklet(struct tasklet_struct *tasklet)
{
	atomic_inc(&ran);
}

static void count_irq_work(struct irq_work *work)
{
	atomic_inc(&ran);
}

static void no_timer(struct timer_list *timer)
{
}

static long seven(void *data)
{
	return 7;
}

static int no_thread(void *data)
{
	return 0;
}

static DECLARE_WORK(work, count_work);
static DECLARE_DELAYED_WORK(delayed, count_work);
static DECLARE_TASKLET(tasklet, count_tasklet);
static DEFINE_TIMER(timer, no_timer);
static struct irq_work irq_work = IRQ_WORK_INIT(count_irq_work);
static struct rcu_head rcu;
static struct workqueue_struct *made;

static int took(void)
{
	return atomic_xchg(&ran, 0);
}

static int no_more_threads(void)
{
	struct rlimit none = { 0, 0 };

	/* Root may start threads whatever the limit. */
	return (getuid() == 0 && setuid(65534) != 0) || setrlimit(RLIMIT_NPROC, &none) != 0;
}

/* What needs a thread that is not there. */
static void ask_for_threads(void)
{
	char *argv[] = { "/bin/true", NULL };
	char *envp[] = { NULL };

	struct task_struct *task;

	/* Threads that were forked ahead are there, some at most. */
	do {
		task = kthread_run(no_thread, NULL, "none");
	} while (!IS_ERR(task));
	printf("kthread_run: %d\n", PTR_ERR_OR_ZERO(task));
	printf("kthread_create_worker: %d\n", PTR_ERR_OR_ZERO(kthread_create_worker(0, "none")));
	printf("call_usermodehelper: %d\n", call_usermodehelper(argv[0], argv, envp, UMH_WAIT_PROC));
}

static void ask(void)
{
	bool queued = schedule_work(&work);

	flush_work(&work);
	printf("schedule_work: %d, ran %d\n", queued, took());
	queued = queue_work(system_unbound_wq, &work);
	flush_workqueue(system_unbound_wq);
	printf("queue_work, flush_workqueue: %d, ran %d\n", queued, took());
	queued = schedule_delayed_work(&delayed, 1000 * HZ);
	flush_delayed_work(&delayed);
	printf("schedule_delayed_work, flush_delayed_work: %d, ran %d\n", queued, took());
	queued = schedule_delayed_work(&delayed, HZ);
	printf("schedule_delayed_work, cancel_delayed_work_sync: %d, %d\n", queued, cancel_delayed_work_sync(&delayed));
	queued = schedule_work(&work);
	cancel_work_sync(&work);
	printf("cancel_work_sync: %d, pending %d\n", queued, work_pending(&work));
	took();
	printf("work_on_cpu: %ld\n", work_on_cpu(0, seven, NULL));
	printf("schedule_on_each_cpu: %d, ", schedule_on_each_cpu(count_work));
	printf("ran on all or none: %d\n", atomic_read(&ran) == num_online_cpus() || atomic_read(&ran) == 0);
	took();
	async_schedule(count_async, NULL);
	async_synchronize_full();
	printf("async_synchronize_full: ran %d\n", took());
	call_rcu(&rcu, count_rcu);
	rcu_barrier();
	synchronize_rcu();
	printf("rcu_barrier: ran %d\n", took());
	mod_timer(&timer, jiffies + 1000 * HZ);
	printf("del_timer_sync: %d\n", del_timer_sync(&timer));
	irq_work_queue(&irq_work);
	irq_work_sync(&irq_work);
	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
	took();
	puts("irq_work_sync, tasklet_kill: over");
}

static int early(void)
{
	struct workqueue_struct *queue;

	if (no_more_threads())
		return 77;
	ask_for_threads();
	queue = alloc_workqueue("none", 0, 0);
	printf("alloc_workqueue: %d\n", queue != NULL);
	ask();
	return 0;
}

static int late(void)
{
	struct kthread_worker *worker = kthread_create_worker(0, "made");
	struct kthread_work kthread_work;
	int i, queued = 0;
	static struct work_struct works[50];

	made = alloc_workqueue("made", WQ_UNBOUND, 0);
	schedule_work(&work);
	flush_work(&work);
	took();
	if (IS_ERR(worker) || !made || no_more_threads())
		return 77;
	ask_for_threads();
	ask();
	for (i = 0; i < 50; i++) {
		INIT_WORK(&works[i], count_work);
		queued += queue_work(made, &works[i]);
	}
	drain_workqueue(made);
	printf("drain_workqueue: %d, ran %d\n", queued, took());
	queue_work(made, &works[0]);
	destroy_workqueue(made);
	printf("destroy_workqueue: ran %d\n", took());
	kthread_init_work(&kthread_work, count_kthread_work);
	kthread_queue_work(worker, &kthread_work);
	kthread_flush_worker(worker);
	kthread_destroy_worker(worker);
	printf("kthread_flush_worker, kthread_destroy_worker: ran %d\n", took());
	return 0;
}

int main(int argc, char **argv)
{
	alarm(60);
	return argc > 1 && !strcmp(argv[1], "late") ? late() : early();
}
