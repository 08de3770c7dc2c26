// SPDX-License-Identifier: MIT OR Apache-2.0
/* The shortest of thirty sleeps of two jiffies, in jiffies that passed. */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/sched.h>

static int __init sleeps_init(void)
{
	unsigned long least = ULONG_MAX;
	int i;

	for (i = 0; i < 30; i++) {
		unsigned long before = (unsigned long)get_jiffies_64();

		schedule_timeout_uninterruptible(2);
		least = min(least, (unsigned long)get_jiffies_64() - before);
	}
	pr_info("two jiffies take %lu at the least\n", least);
	return 0;
}

static void __exit sleeps_exit(void)
{
}

module_init(sleeps_init);
module_exit(sleeps_exit);
MODULE_LICENSE("GPL");
