// SPDX-License-Identifier: MIT OR Apache-2.0
/* Works that wait for a grace period, the attributes of queues, queues for bottom halves, and timers that wake a task. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

static struct rcu_work rwork;
static int ran;
static bool in_section, too_early, itself;

static void work_fn(struct work_struct *work)
{
	too_early |= READ_ONCE(in_section);
	itself = to_rcu_work(work) == &rwork;
	ran++;
}

static DECLARE_COMPLETION(inside);

/* A reader that spins: it must not sleep. */
static bool may_leave;
static int reader(void *data)
{
	rcu_read_lock();
	WRITE_ONCE(in_section, true);
	complete(&inside);
	while (!READ_ONCE(may_leave))
		cpu_relax();
	WRITE_ONCE(in_section, false);
	rcu_read_unlock();
	return 0;
}

static void bh_fn(struct work_struct *work)
{
	ran++;
}

static int sleep_by_timer(void)
{
	struct hrtimer_sleeper sleeper;
	ktime_t begun = ktime_get();

	hrtimer_init_sleeper_on_stack(&sleeper, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_set_expires(&sleeper.timer, ms_to_ktime(3));
	do {
		set_current_state(TASK_UNINTERRUPTIBLE);
		hrtimer_sleeper_start_expires(&sleeper, HRTIMER_MODE_REL);
		if (sleeper.task)
			schedule();
		hrtimer_cancel(&sleeper.timer);
	} while (sleeper.task);
	__set_current_state(TASK_RUNNING);
	destroy_hrtimer_on_stack(&sleeper.timer);
	return ktime_to_ms(ktime_sub(ktime_get(), begun)) >= 3;
}

static int __init test_init(void)
{
	struct workqueue_struct *wq = alloc_workqueue("grace", WQ_UNBOUND, 0);
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();
	struct work_struct bh;
	struct task_struct *task;
	ktime_t limit = ms_to_ktime(2);

	INIT_RCU_WORK(&rwork, work_fn);
	task = kthread_run(reader, NULL, "reader");
	wait_for_completion(&inside);
	pr_info("queue_rcu_work: %d, ", queue_rcu_work(wq, &rwork));
	pr_cont("again: %d; ", queue_rcu_work(wq, &rwork));
	flush_workqueue(wq);
	pr_cont("ran while somebody reads: %d\n", ran);
	WRITE_ONCE(may_leave, true);
	pr_info("flush_rcu_work: %d; ", flush_rcu_work(&rwork));
	pr_cont("ran %d, too early %d, itself %d; of an idle one: %d\n", ran, too_early, itself, flush_rcu_work(&rwork));
	pr_info("and anew: %d", queue_rcu_work(wq, &rwork));
	flush_rcu_work(&rwork);
	pr_cont(", ran %d\n", ran);
	kthread_stop(task);

	attrs->nice = -5;
	pr_info("attributes: all cpus %d, applied %d\n", cpumask_equal(attrs->cpumask, cpu_possible_mask),
		apply_workqueue_attrs(wq, attrs));
	free_workqueue_attrs(attrs);
	destroy_workqueue(wq);

	INIT_WORK_ONSTACK(&bh, bh_fn);
	queue_work(system_bh_wq, &bh);
	flush_work(&bh);
	queue_work(system_bh_highpri_wq, &bh);
	flush_work(&bh);
	pr_info("bottom halves: ran %d\n", ran);

	pr_info("a sleeper's timer: %d; ", sleep_by_timer());
	set_current_state(TASK_INTERRUPTIBLE);
	pr_cont("schedule_hrtimeout_range_clock: %d\n",
		schedule_hrtimeout_range_clock(&limit, 0, HRTIMER_MODE_REL, CLOCK_MONOTONIC));
	return 0;
}

module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");
