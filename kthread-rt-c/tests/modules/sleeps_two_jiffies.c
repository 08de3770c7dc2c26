// SPDX-License-Identifier: MIT OR Apache-2.0
/* The shortest of thirty sleeps of two jiffies, in jiffies that passed. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/module.h>

static int __init sleeps_init(void)
{
	s64 least = S64_MAX;
	int i;

	for (i = 0; i < 30; i++) {
		ktime_t before = ktime_get();

		schedule_timeout_uninterruptible(2);
		least = min_t(s64, least, ktime_to_ms(ktime_sub(ktime_get(), before)));
	}
	pr_info("two jiffies take 8 ms: %d\n", least < 9);
	return 0;
}

static void __exit sleeps_exit(void)
{
}

module_init(sleeps_init);
module_exit(sleeps_exit);
MODULE_LICENSE("GPL");
