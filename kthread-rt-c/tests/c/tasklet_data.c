// SPDX-License-Identifier: MIT OR Apache-2.0
/* Tasklets as they were declared before 5.9. */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/module.h>

static DECLARE_COMPLETION(called);
static unsigned long got;

static void handle(unsigned long data)
{
	got = data;
	complete(&called);
}

static DECLARE_TASKLET(declared, handle, 5);
static DECLARE_TASKLET_DISABLED(disabled, handle, 6);

static struct tasklet_struct by_place = { NULL, 0, ATOMIC_INIT(0), handle, 7 };

static int __init test_init(void)
{
	tasklet_schedule(&declared);
	wait_for_completion(&called);
	pr_info("called with %lu; the disabled one: count %d\n", got, disabled.count.counter);
	tasklet_kill(&declared);
	tasklet_schedule(&by_place);
	wait_for_completion(&called);
	pr_info("by hand: called with %lu\n", got);
	tasklet_kill(&by_place);
	return 0;
}
module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");
