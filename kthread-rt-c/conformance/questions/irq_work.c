// SPDX-License-Identifier: MIT OR Apache-2.0
/* Works that are done as from an interrupt. */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/preempt.h>

static struct irq_work outer, inner;
static struct completion done;
static int runs, inner_runs, turns, inner_turn[3];
static int seen_pending, seen_busy, seen_again, seen_twice, seen_pending_then, seen_hardirq, seen_task, seen_disabled;
static int seen_first, seen_second, seen_inner_pending, seen_inner_busy, seen_inner_runs;

static void inner_runs_now(struct irq_work *work)
{
	inner_runs++;
	complete(&done);
}

static void outer_runs(struct irq_work *work)
{
	if (runs++ == 0) {
		seen_pending = irq_work_is_pending(work);
		seen_busy = irq_work_is_busy(work);
		seen_hardirq = !!in_hardirq();
		seen_task = in_task();
		seen_disabled = irqs_disabled();
		/* Another one waits until this returns. */
		seen_first = irq_work_queue(&inner);
		seen_second = irq_work_queue(&inner);
		seen_inner_pending = irq_work_is_pending(&inner);
		seen_inner_busy = irq_work_is_busy(&inner);
		seen_inner_runs = inner_runs;
		/* So does its own second time. */
		seen_again = irq_work_queue(work);
		seen_twice = irq_work_queue(work);
		seen_pending_then = irq_work_is_pending(work);
	}
	complete(&done);
}

CASE(runs, "irq_work irq_work_queue irq_work_sync irq_work_is_pending irq_work_is_busy init_irq_work in_hardirq in_task irqs_disabled")
{
	int queued, i;

	init_completion(&done);
	init_irq_work(&outer, outer_runs);
	init_irq_work(&inner, inner_runs_now);
	runs = inner_runs = 0;
	answer("fresh pending=%d busy=%d", irq_work_is_pending(&outer), irq_work_is_busy(&outer));
	irq_work_sync(&outer);
	queued = irq_work_queue(&outer);
	for (i = 0; i < 3; i++)
		wait_for_completion(&done);
	irq_work_sync(&outer);
	irq_work_sync(&inner);
	answer("queue=%d runs=%d inner_runs=%d", queued, runs, inner_runs);
	answer("inside pending=%d busy=%d", seen_pending, seen_busy);
	answer("inside hardirq=%d task=%d irqs_disabled=%d", seen_hardirq, seen_task, seen_disabled);
	answer("another first=%d second=%d pending=%d busy=%d runs=%d", seen_first, seen_second, seen_inner_pending,
	       seen_inner_busy, seen_inner_runs);
	answer("itself first=%d second=%d pending=%d", seen_again, seen_twice, seen_pending_then);
	answer("after pending=%d busy=%d", irq_work_is_pending(&outer), irq_work_is_busy(&outer));
}

static struct irq_work several[3];

static void takes_turn(struct irq_work *work)
{
	inner_turn[work - several] = ++turns;
	complete(&done);
}

static void queues_several(struct irq_work *work)
{
	int i;

	for (i = 0; i < 3; i++)
		irq_work_queue(&several[i]);
}

CASE(order, "irq_work_queue irq_work_sync IRQ_WORK_INIT DEFINE_IRQ_WORK")
{
	static DEFINE_IRQ_WORK(first, queues_several);
	int i;

	init_completion(&done);
	turns = 0;
	for (i = 0; i < 3; i++)
		several[i] = IRQ_WORK_INIT(takes_turn);
	irq_work_queue(&first);
	for (i = 0; i < 3; i++)
		wait_for_completion(&done);
	irq_work_sync(&first);
	for (i = 0; i < 3; i++)
		irq_work_sync(&several[i]);
	answer("turns=%d,%d,%d", inner_turn[0], inner_turn[1], inner_turn[2]);
}

/* With interrupts off on the cpu that they are queued on, they wait until these are on again. */
CASE(irqs_off, "irq_work_queue irq_work_sync irq_work_is_pending local_irq_save local_irq_restore spin_lock_irqsave spin_unlock_irqrestore")
{
	static DEFINE_SPINLOCK(lock);
	unsigned long flags;
	int i, queued[3], pending, early;

	for (i = 0; i < 3; i++)
		several[i] = IRQ_WORK_INIT(takes_turn);
	init_completion(&done);
	turns = 0;
	local_irq_save(flags);
	for (i = 0; i < 3; i++)
		queued[i] = irq_work_queue(&several[i]);
	pending = irq_work_queue(&several[1]);
	early = turns;
	local_irq_restore(flags);
	for (i = 0; i < 3; i++)
		wait_for_completion(&done);
	for (i = 0; i < 3; i++)
		irq_work_sync(&several[i]);
	answer("queue=%d,%d,%d again=%d early=%d", queued[0], queued[1], queued[2], pending, early);
	answer("turns=%d,%d,%d", inner_turn[0], inner_turn[1], inner_turn[2]);

	turns = 0;
	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < 3; i++)
		irq_work_queue(&several[2 - i]);
	early = turns;
	pending = irq_work_is_pending(&several[0]);
	spin_unlock_irqrestore(&lock, flags);
	for (i = 0; i < 3; i++)
		wait_for_completion(&done);
	for (i = 0; i < 3; i++)
		irq_work_sync(&several[i]);
	answer("locked early=%d pending=%d turns=%d,%d,%d", early, pending, inner_turn[0], inner_turn[1], inner_turn[2]);
}

static void looks(struct irq_work *work)
{
	seen_hardirq = !!in_hardirq();
	complete(&done);
}

/* Those that may wait for the next tick, and those that are an interrupt's with PREEMPT_RT, too. */
CASE(kinds, "IRQ_WORK_INIT_LAZY IRQ_WORK_INIT_HARD irq_work_is_hard irq_work_queue irq_work_is_pending")
{
	static struct irq_work lazy, hard, plain;
	int queued;

	init_completion(&done);
	lazy = IRQ_WORK_INIT_LAZY(looks);
	hard = IRQ_WORK_INIT_HARD(looks);
	plain = IRQ_WORK_INIT(looks);
	answer("hard=%d,%d,%d", irq_work_is_hard(&lazy), irq_work_is_hard(&hard), irq_work_is_hard(&plain));
	queued = irq_work_queue(&lazy);
	wait_for_completion(&done);
	irq_work_sync(&lazy);
	answer("lazy queue=%d hardirq=%d pending=%d", queued, seen_hardirq, irq_work_is_pending(&lazy));
	queued = irq_work_queue(&hard);
	wait_for_completion(&done);
	irq_work_sync(&hard);
	answer("hard queue=%d hardirq=%d", queued, seen_hardirq);
}

/* Another cpu's work is under way, and is queued again here. */
static atomic_t go_on;

static void stays(struct irq_work *work)
{
	if (runs++ == 0) {
		complete(&done);
		while (!atomic_read(&go_on))
			cpu_relax();
	} else {
		complete(&done);
	}
}

static int queues_there(void *data)
{
	irq_work_queue(&outer);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

CASE(running, "irq_work_queue irq_work_sync irq_work_is_pending irq_work_is_busy")
{
	struct task_struct *task;
	int pending, busy, queued;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	init_completion(&done);
	init_irq_work(&outer, stays);
	runs = 0;
	atomic_set(&go_on, 0);
	task = kthread_create(queues_there, NULL, "queues");
	kthread_bind(task, cpumask_last(cpu_online_mask));
	wake_up_process(task);
	wait_for_completion(&done);
	pending = irq_work_is_pending(&outer);
	busy = irq_work_is_busy(&outer);
	queued = irq_work_queue(&outer);
	atomic_set(&go_on, 1);
	wait_for_completion(&done);
	irq_work_sync(&outer);
	answer("pending=%d busy=%d queue=%d", pending, busy, queued);
	answer("then pending=%d busy=%d", irq_work_is_pending(&outer), irq_work_is_busy(&outer));
	kthread_stop(task);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

ASK_MODULE(&case_runs, &case_order, &case_irqs_off, &case_kinds, &case_running);
