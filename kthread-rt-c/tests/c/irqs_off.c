// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A thread that sleeps, or ends, with interrupts off leaves the cpu to tasks that have them on, so
 * queued callbacks run. A kernel without debugging options does not report such a sleep.
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/module.h>

static DECLARE_COMPLETION(called);

static void from_irq(struct irq_work *work)
{
	complete(&called);
}

static DEFINE_IRQ_WORK(irq, from_irq);

/* Ends with interrupts off. */
static int queues(void *unused)
{
	local_irq_disable();
	return irq_work_queue(&irq);
}

static int __init test_init(void)
{
	struct task_struct *task;
	unsigned long flags;
	bool waits;

	local_irq_save(flags);
	irq_work_queue(&irq);
	waits = irq_work_is_pending(&irq) && !completion_done(&called);
	wait_for_completion(&called);
	irq_work_sync(&irq);
	local_irq_restore(flags);
	pr_info("waits %d, busy after a sleep %d\n", waits, irq_work_is_busy(&irq));
	task = kthread_run(queues, NULL, "queues");
	wait_for_completion(&called);
	pr_info("a thread that ends: called, error %d\n", IS_ERR(task));
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("Dual MIT/GPL");
