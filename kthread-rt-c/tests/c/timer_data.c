// SPDX-License-Identifier: MIT OR Apache-2.0
/* Timers as they were before 4.15: their functions get a datum. */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static DECLARE_COMPLETION(called);
static unsigned long got;

static void ring(unsigned long data)
{
	got = data;
	complete(&called);
}

static DEFINE_TIMER(defined, ring, 0, 1);
static struct timer_list later;

static void nothing(struct work_struct *work)
{
}

static DECLARE_DELAYED_WORK(work, nothing);

static int __init test_init(void)
{
	int first, second;

	mod_timer(&defined, jiffies + 1);
	wait_for_completion(&called);
	pr_info("a defined timer was called with %lu\n", got);

	setup_timer(&later, ring, 2);
	mod_timer(&later, jiffies + 1);
	wait_for_completion(&called);
	pr_info("setup_timer: called with %lu\n", got);
	del_timer_sync(&later);

	init_timer(&later);
	later.function = ring;
	later.data = 3;
	later.expires = jiffies + 1;
	add_timer(&later);
	wait_for_completion(&called);
	pr_info("init_timer: called with %lu\n", got);
	del_timer_sync(&later);
	del_timer_sync(&defined);

	first = schedule_delayed_work(&work, 1000 * HZ);
	second = timer_pending(&work.timer);
	pr_info("a delayed work: %d, its timer pending %d; cancelled %d\n", first, second, cancel_delayed_work_sync(&work));
	return 0;
}
module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");
