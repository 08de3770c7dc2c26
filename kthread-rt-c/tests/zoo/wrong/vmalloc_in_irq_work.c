// SPDX-License-Identifier: MIT OR Apache-2.0
/* An irq_work allocates with vmalloc().
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/completion.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

static DECLARE_COMPLETION(called);
static void *block;

static void function(struct irq_work *work)
{
	block = vmalloc(4096); /* TOLD */
	complete(&called);
}

static DEFINE_IRQ_WORK(work, function);

static int __init zoo_init(void)
{
	irq_work_queue(&work);
	wait_for_completion(&called);
	return 0;
}

static void __exit zoo_exit(void)
{
	irq_work_sync(&work);
	vfree(block);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
