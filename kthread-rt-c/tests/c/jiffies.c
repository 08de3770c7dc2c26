// SPDX-License-Identifier: MIT OR Apache-2.0
/* jiffies as a variable: a name like any other, and right whenever it is read. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/timer.h>

struct stamped {
	unsigned long jiffies;
	int (*schedule)(unsigned long jiffies);
};

static int later(unsigned long jiffies)
{
	return (int)jiffies + 1;
}

static unsigned long expires, called_at;
static DECLARE_COMPLETION(called);

static void callback(struct timer_list *t)
{
	called_at = jiffies;
	complete(&called);
}
static DEFINE_TIMER(timer, callback);

/* Reads the variable until it is stopped; how often it went back. */
static int reader(void *data)
{
	unsigned long last = jiffies, now;
	long back = 0;

	while (!kthread_should_stop()) {
		now = jiffies;
		back += now < last;
		last = now;
	}
	return (int)back;
}

/* Behind the clock by at most a jiffy, and never ahead of it. */
static int right(void)
{
	unsigned long before = (unsigned long)get_jiffies_64(), read, after;

	msleep(1);
	read = jiffies;
	after = (unsigned long)get_jiffies_64();
	return before <= read && read <= after && after - read <= 1;
}

static int __init test_init(void)
{
	struct stamped stamp = { .jiffies = jiffies, .schedule = later };
	unsigned long volatile *address = &jiffies;
	unsigned long start, sleeps = 0;
	struct task_struct *task;
	ktime_t end;
	int i;

	pr_info("a field %d, its address %d, a member that is called %d, read once %d, both words one %d\n",
		stamp.jiffies == jiffies, *address == jiffies, stamp.schedule(4), READ_ONCE(jiffies) == jiffies,
		(unsigned long)jiffies_64 == jiffies);
	pr_info("it begins five minutes before it wraps: %d\n", jiffies - INITIAL_JIFFIES < 100 * HZ);

	task = kthread_run(reader, NULL, "reader");
	start = jiffies;
	while (time_before(jiffies, start + 3))
		cpu_relax();
	pr_info("a loop with time_before ended\n");
	start = jiffies;
	while (jiffies - start < 3)
		;
	pr_info("an empty loop over the variable alone ended\n");

	/* Computing, with a look at the clock that is not that of jiffies. */
	start = jiffies;
	end = ktime_add_ms(ktime_get(), 40);
	while (ktime_get() < end || jiffies - start < 9)
		;
	pr_info("40 ms of computing are 9 jiffies or more: %d, and the variable is not ahead: %d\n", jiffies - start >= 9,
		jiffies <= get_jiffies_64());

	for (i = 0; i < 20; i++)
		sleeps += right();
	pr_info("right after a sleep: %lu of 20\n", sleeps);

	expires = jiffies + 3;
	mod_timer(&timer, expires);
	wait_for_completion(&called);
	pr_info("in a timer's callback it is not before its time: %d\n", time_after_eq(called_at, expires));
	pr_info("it went back: %d\n", kthread_stop(task));

	pr_info("clock_t: 10 jiffies %ld, 4 ticks %lu, too many %d, 25 ms %llu\n", jiffies_to_clock_t(10), clock_t_to_jiffies(4),
		clock_t_to_jiffies(~0UL) == ~0UL, nsec_to_clock_t(25000000));
	pr_info("jiffies64: of 10 ms %llu, to clock_t %llu, to ns %llu, a delta of -3 %u ms %ld\n", nsecs_to_jiffies64(10000000),
		jiffies_64_to_clock_t(1000), jiffies_to_nsecs(3), jiffies_delta_to_msecs(-3), jiffies_delta_to_clock_t(-3));
	pr_info("range: %d %d %d %d, open: %d %d, over the wrap %d\n", time_in_range(5UL, 5UL, 7UL), time_in_range(7UL, 5UL, 7UL),
		time_in_range(8UL, 5UL, 7UL), time_in_range64(6ULL, 5ULL, 7ULL), time_in_range_open(6UL, 5UL, 7UL),
		time_in_range_open(7UL, 5UL, 7UL), time_in_range(0UL, ~0UL, 1UL));
	pr_info("64: after %d, before %d, after_eq %d, before_eq %d\n", time_after64(2, 1), time_before64(1, 2),
		time_after_eq64(2, 2), time_before_eq64(3, 2));
	pr_info("beside now: %d %d %d %d, 64: %d %d %d %d\n", time_is_before_jiffies(jiffies - 1),
		time_is_after_jiffies(jiffies + HZ), time_is_before_eq_jiffies(jiffies), time_is_after_eq_jiffies(jiffies - 2),
		time_is_before_jiffies64(get_jiffies_64() - 1), time_is_after_jiffies64(get_jiffies_64() + HZ),
		time_is_before_eq_jiffies64(get_jiffies_64()), time_is_after_eq_jiffies64(get_jiffies_64() - 2));
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
