// SPDX-License-Identifier: MIT OR Apache-2.0
/* Times as they were before 5.6. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/time.h>
#include <linux/timekeeping.h>

static void show(const char *what, struct timespec ts)
{
	pr_info("%s: %ld s %ld ns\n", what, (long)ts.tv_sec, ts.tv_nsec);
}

static int __init test_init(void)
{
	struct timespec a = { 1, 999999999 }, b = { 2, 5 }, ts, bad = { 1, -1 };
	struct timeval early = { 1, 500000 }, late = { 1, 500001 }, tv;
	struct timespec boot;

	show("the sum", timespec_add(a, b));
	show("the difference", timespec_sub(a, b));
	show("-1 ns", ns_to_timespec(-1));
	set_normalized_timespec(&ts, 1, -1500000000);
	show("normalized", ts);
	timespec_add_ns(&a, 2);
	show("2 ns later", a);
	tv = ns_to_timeval(-1000);
	pr_info("-1 us: %ld s %ld us\n", (long)tv.tv_sec, (long)tv.tv_usec);
	pr_info("compared: %d %d %d %d\n", timespec_compare(&a, &b), timespec_equal(&a, &a), timeval_compare(&early, &late),
		timeval_compare(&late, &late));
	pr_info("in jiffies: %lu %lu\n", timespec_to_jiffies(&b), timeval_to_jiffies(&early));
	jiffies_to_timespec(3, &ts);
	show("three jiffies", ts);
	jiffies_to_timeval(3, &tv);
	pr_info("and %ld us\n", (long)tv.tv_usec);
	pr_info("mktime: %lu\n", mktime(2000, 1, 1, 0, 0, 1));
	getboottime(&boot);
	pr_info("the system was started before now: %d\n", boot.tv_sec > 0 && (unsigned long)boot.tv_sec <= get_seconds());
	pr_info("the clock is the system's: %d, no time: %d\n", do_settimeofday(&b), do_settimeofday(&bad));
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
