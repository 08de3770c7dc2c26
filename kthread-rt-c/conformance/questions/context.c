// SPDX-License-Identifier: MIT OR Apache-2.0
/* What the caller is told of its context: in threads, works and callbacks, and with locks held. */
#include "ask.h"
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

struct context {
	int task, softirq, serving, hardirq, nmi, interrupt, atomic, irqs_disabled;
	unsigned long softirqs, hardirqs;
	bool preemptible;
};

static struct context seen;
static struct completion ran;

static void look(struct context *context)
{
	context->irqs_disabled = irqs_disabled();
	context->task = !!in_task();
	context->softirq = !!in_softirq();
	context->serving = !!in_serving_softirq();
	context->hardirq = !!in_hardirq();
	context->nmi = !!in_nmi();
	context->interrupt = !!in_interrupt();
	context->atomic = !!in_atomic();
	context->softirqs = softirq_count();
	context->hardirqs = hardirq_count();
	context->preemptible = preemptible();
}

static void tell(const char *what, const struct context *context)
{
	answer("%s task=%d softirq=%d serving=%d hardirq=%d nmi=%d interrupt=%d atomic=%d", what, context->task, context->softirq,
	       context->serving, context->hardirq, context->nmi, context->interrupt, context->atomic);
	answer("%s irqs_disabled=%d softirqs=0x%lx hardirqs=0x%lx preemptible=%d", what, context->irqs_disabled,
	       context->softirqs, context->hardirqs, context->preemptible);
}

static void here(const char *what)
{
	struct context context;
	unsigned int count = preempt_count();

	look(&context);
	answer("%s count=0x%x irqs_disabled=%d task=%d interrupt=%d softirq=%d atomic=%d preemptible=%d", what, count,
	       context.irqs_disabled, context.task, context.interrupt, context.softirq, context.atomic, context.preemptible);
}

static int thread(void *data)
{
	look(&seen);
	complete(&ran);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static void of_timer(struct timer_list *timer)
{
	look(&seen);
	complete(&ran);
}

static enum hrtimer_restart of_hrtimer(struct hrtimer *timer)
{
	look(&seen);
	complete(&ran);
	return HRTIMER_NORESTART;
}

static void of_tasklet(struct tasklet_struct *tasklet)
{
	look(&seen);
	complete(&ran);
}

static void of_work(struct work_struct *work)
{
	look(&seen);
	complete(&ran);
}

static void of_irq_work(struct irq_work *work)
{
	look(&seen);
	complete(&ran);
}

static void of_rcu(struct rcu_head *head)
{
	look(&seen);
	complete(&ran);
}

CASE(callbacks, "in_task in_softirq in_serving_softirq in_hardirq in_nmi in_interrupt in_atomic irqs_disabled softirq_count hardirq_count"
		" preemptible timer_setup hrtimer_init tasklet_setup INIT_WORK init_irq_work TIMER_IRQSAFE HRTIMER_MODE_REL_SOFT")
{
	static struct timer_list timer;
	static struct hrtimer hrtimer;
	static struct tasklet_struct tasklet;
	static struct work_struct work;
	static struct irq_work irq_work;
	struct task_struct *task;

	init_completion(&ran);
	task = ask_thread(thread, NULL);
	if (!task)
		return;
	wait_for_completion(&ran);
	kthread_stop(task);
	tell("thread", &seen);
	timer_setup(&timer, of_timer, 0);
	mod_timer(&timer, jiffies + 1);
	wait_for_completion(&ran);
	timer_delete_sync(&timer);
	tell("timer", &seen);
	timer_setup(&timer, of_timer, TIMER_IRQSAFE);
	mod_timer(&timer, jiffies + 1);
	wait_for_completion(&ran);
	timer_delete_sync(&timer);
	tell("timer_irqsafe", &seen);
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = of_hrtimer;
	hrtimer_start(&hrtimer, 1000000, HRTIMER_MODE_REL);
	wait_for_completion(&ran);
	hrtimer_cancel(&hrtimer);
	/* What it interrupted may have had softirqs off. */
	seen.softirq = 0;
	seen.softirqs = 0;
	seen.serving = 0;
	tell("hrtimer", &seen);
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	hrtimer.function = of_hrtimer;
	hrtimer_start(&hrtimer, 1000000, HRTIMER_MODE_REL_SOFT);
	wait_for_completion(&ran);
	hrtimer_cancel(&hrtimer);
	tell("hrtimer_soft", &seen);
	tasklet_setup(&tasklet, of_tasklet);
	tasklet_schedule(&tasklet);
	wait_for_completion(&ran);
	tasklet_kill(&tasklet);
	tell("tasklet", &seen);
	INIT_WORK(&work, of_work);
	schedule_work(&work);
	wait_for_completion(&ran);
	flush_work(&work);
	tell("work", &seen);
	init_irq_work(&irq_work, of_irq_work);
	irq_work_queue(&irq_work);
	wait_for_completion(&ran);
	irq_work_sync(&irq_work);
	seen.softirq = 0;
	seen.softirqs = 0;
	seen.serving = 0;
	tell("irq_work", &seen);
}

/*
 * Where a kernel calls back after a grace period depends on how it is configured; never in an
 * interrupt.
 */
CASE(rcu_callback, "call_rcu in_hardirq irqs_disabled")
{
	static struct rcu_head head;

	init_completion(&ran);
	call_rcu(&head, of_rcu);
	wait_for_completion(&ran);
	rcu_barrier();
	answer("hardirq=%d irqs_disabled=%d softirq=%d", seen.hardirq, seen.irqs_disabled, seen.softirq);
}

CASE(sections, "preempt_count preempt_disable preempt_enable local_bh_disable local_bh_enable local_irq_disable local_irq_enable"
	       " local_irq_save local_irq_restore in_atomic in_interrupt in_softirq in_irq preemptible irqs_disabled irqs_disabled_flags")
{
	unsigned long flags, more;

	here("plain");
	preempt_disable();
	here("preempt");
	preempt_disable();
	here("preempt_twice");
	preempt_enable();
	preempt_enable();
	local_bh_disable();
	here("bh");
	local_bh_disable();
	here("bh_twice");
	preempt_disable();
	here("bh_and_preempt");
	preempt_enable();
	local_bh_enable();
	local_bh_enable();
	local_irq_disable();
	here("irq");
	local_irq_save(more);
	answer("saved_disabled=%d in_irq=%d", irqs_disabled_flags(more), !!in_irq());
	local_irq_restore(more);
	here("irq_restored");
	local_irq_enable();
	local_irq_save(flags);
	here("irqsave");
	answer("saved_disabled=%d", irqs_disabled_flags(flags));
	local_irq_restore(flags);
	rcu_read_lock();
	here("rcu");
	rcu_read_unlock();
	rcu_read_lock_bh();
	here("rcu_bh");
	rcu_read_unlock_bh();
	rcu_read_lock_sched();
	here("rcu_sched");
	rcu_read_unlock_sched();
	migrate_disable();
	here("migrate");
	migrate_enable();
	answer("cpu=%d", get_cpu() >= 0);
	here("get_cpu");
	put_cpu();
	here("after");
}

static DEFINE_SPINLOCK(spin);
static DEFINE_RAW_SPINLOCK(raw);
static DEFINE_RWLOCK(rw);

CASE(locks, "spin_lock spin_unlock spin_lock_bh spin_unlock_bh spin_lock_irq spin_unlock_irq spin_lock_irqsave spin_unlock_irqrestore"
	    " raw_spin_lock raw_spin_unlock raw_spin_lock_irqsave raw_spin_unlock_irqrestore read_lock read_unlock write_lock write_unlock"
	    " read_lock_bh read_unlock_bh write_lock_irqsave write_unlock_irqrestore spin_trylock spin_trylock_bh spin_trylock_irqsave")
{
	unsigned long flags;
	int got;

	spin_lock(&spin);
	here("spin");
	raw_spin_lock(&raw);
	here("spin_and_raw");
	raw_spin_unlock(&raw);
	spin_unlock(&spin);
	spin_lock_bh(&spin);
	here("spin_bh");
	spin_unlock_bh(&spin);
	spin_lock_irq(&spin);
	here("spin_irq");
	spin_unlock_irq(&spin);
	spin_lock_irqsave(&spin, flags);
	here("spin_irqsave");
	spin_unlock_irqrestore(&spin, flags);
	raw_spin_lock_irqsave(&raw, flags);
	here("raw_irqsave");
	raw_spin_unlock_irqrestore(&raw, flags);
	read_lock(&rw);
	here("read");
	read_unlock(&rw);
	read_lock_bh(&rw);
	here("read_bh");
	read_unlock_bh(&rw);
	write_lock(&rw);
	here("write");
	write_unlock(&rw);
	write_lock_irqsave(&rw, flags);
	here("write_irqsave");
	write_unlock_irqrestore(&rw, flags);
	/* A try that fails leaves nothing behind. */
	got = spin_trylock(&spin);
	here("tried");
	answer("got=%d", got);
	got = spin_trylock_bh(&spin);
	here("tried_again_bh");
	answer("got=%d", got);
	got = spin_trylock_irqsave(&spin, flags);
	here("tried_again_irqsave");
	answer("got=%d", got);
	spin_unlock(&spin);
	got = spin_trylock_irqsave(&spin, flags);
	here("tried_irqsave");
	spin_unlock_irqrestore(&spin, flags);
	got = spin_trylock_bh(&spin);
	here("tried_bh");
	spin_unlock_bh(&spin);
	here("after");
}

ASK_MODULE(&case_callbacks, &case_rcu_callback, &case_sections, &case_locks);
