// SPDX-License-Identifier: MIT OR Apache-2.0
/* An irq_work that requeues itself is still active when the module is unloaded.
 *
 * kind: left at unload
 * told: irq_work poll_work, function poll_device(), is still queued
 */
#include <linux/completion.h>
#include <linux/irq_work.h>
#include <linux/module.h>

static DECLARE_COMPLETION(queued_itself);
static int runs;

static void poll_device(struct irq_work *work)
{
	irq_work_queue(work); /* TOLD */
	if (++runs == 2)
		complete(&queued_itself);
}

static DEFINE_IRQ_WORK(poll_work, poll_device);

static int __init zoo_init(void)
{
	irq_work_queue(&poll_work);
	wait_for_completion(&queued_itself);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
