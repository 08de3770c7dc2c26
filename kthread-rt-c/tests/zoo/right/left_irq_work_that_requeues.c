// SPDX-License-Identifier: MIT OR Apache-2.0
/* An irq_work that requeues itself is stopped before the module is unloaded.
 *
 * kind: left at unload
 */
#include <linux/completion.h>
#include <linux/irq_work.h>
#include <linux/module.h>

static bool ends;
static DECLARE_COMPLETION(queued_itself);
static int runs;

static void poll_device(struct irq_work *work)
{
	if (!READ_ONCE(ends))
		irq_work_queue(work);
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
	WRITE_ONCE(ends, true);
	while (irq_work_is_busy(&poll_work))
		irq_work_sync(&poll_work);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
