// SPDX-License-Identifier: MIT OR Apache-2.0
/* Tasklets and irq works. */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/module.h>

int kt_context(void);

static DECLARE_COMPLETION(called);

struct receiver {
	int packets;
	struct tasklet_struct tasklet;
};

static struct receiver *seen;
static int context;
static bool scheduled;

static void receive(struct tasklet_struct *t)
{
	struct receiver *r = from_tasklet(r, t, tasklet);

	seen = r;
	r->packets++;
	context = kt_context();
	scheduled = t->state & (1 << TASKLET_STATE_SCHED);
	complete(&called);
}

static unsigned long got;

static void old(unsigned long data)
{
	got = data;
	complete(&called);
}

static void done(struct tasklet_struct *t)
{
	complete(&called);
}

static DECLARE_TASKLET(declared, done);
static DECLARE_TASKLET_DISABLED(disabled, done);
static DECLARE_TASKLET_OLD(declared_old, old);

/* Their fields, as modules write them that declare one by hand. */
static struct tasklet_struct by_place = { NULL, 0, ATOMIC_INIT(0), false, { old }, 11 };
static struct tasklet_struct by_name = {
	.next = NULL, .state = 0, .count = ATOMIC_INIT(1), .use_callback = true, .callback = done,
};

static void from_irq(struct irq_work *work)
{
	context = kt_context();
	complete(&called);
}

static DEFINE_IRQ_WORK(irq, from_irq);

static irqreturn_t handler(int number, void *device)
{
	return IRQ_HANDLED;
}

/* What is queued with interrupts off is called when they are on again. */
static void irqs_off(void)
{
	unsigned long flags;
	bool waits;

	local_irq_save(flags);
	irq_work_queue(&irq);
	waits = irq_work_is_pending(&irq) && !completion_done(&called);
	local_irq_restore(flags);
	wait_for_completion(&called);
	irq_work_sync(&irq);
	pr_info("with interrupts off: waits %d, busy after that %d\n", waits, irq_work_is_busy(&irq));
}

static int __init test_init(void)
{
	static struct receiver receiver;
	static struct tasklet_struct t;
	bool waits;

	pr_info("sizeof: tasklet %zu, irq work %zu\n", sizeof(t), sizeof(irq));
	tasklet_setup(&receiver.tasklet, receive);
	tasklet_schedule(&receiver.tasklet);
	wait_for_completion(&called);
	tasklet_kill(&receiver.tasklet);
	pr_info("called %d time(s), with its receiver %d, in a softirq %d, still scheduled %d\n", receiver.packets,
		seen == &receiver, context == 2, scheduled);

	tasklet_init(&t, old, 7);
	tasklet_hi_schedule(&t);
	wait_for_completion(&called);
	pr_info("tasklet_init: called with %lu\n", got);
	tasklet_kill(&t);

	tasklet_schedule(&declared);
	wait_for_completion(&called);
	declared_old.data = 9;
	tasklet_schedule(&declared_old);
	wait_for_completion(&called);
	pr_info("declared ones: called, the old one with %lu\n", got);

	tasklet_schedule(&by_place);
	wait_for_completion(&called);
	tasklet_kill(&by_place);
	pr_info("by hand: called with %lu, idle: next is null %d, state %lu\n", got, !by_place.next, by_place.state);
	tasklet_schedule(&by_name);
	atomic_dec(&by_name.count);
	tasklet_disable(&by_name);
	tasklet_enable(&by_name);
	wait_for_completion(&called);
	pr_info("by name: called\n");
	tasklet_kill(&by_name);

	pr_info("a disabled one: count %d; ", disabled.count.counter);
	tasklet_schedule(&disabled);
	waits = disabled.state & (1 << TASKLET_STATE_SCHED);
	pr_cont("scheduled %d, called %d; ", waits, completion_done(&called));
	tasklet_enable(&disabled);
	wait_for_completion(&called);
	tasklet_disable(&disabled);
	pr_cont("enabled, it was called; disabled again: count %d\n", disabled.count.counter);

	pr_info("irq_work_queue: %d\n", irq_work_queue(&irq));
	wait_for_completion(&called);
	irq_work_sync(&irq);
	pr_info("an irq work: in an interrupt %d, busy %d\n", context == 4, irq_work_is_busy(&irq));
	irqs_off();
	pr_info("request_irq: %d\n", request_irq(1, handler, IRQF_SHARED, "none", &t));
	return 0;
}
module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");
