// SPDX-License-Identifier: MIT OR Apache-2.0
/* Timers. */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/timer.h>

int kt_context(void);

static DECLARE_COMPLETION(called);

struct blinker {
	int calls;
	bool softirq, itself, pending, in_time;
	struct timer_list timer;
};

static void blink(struct timer_list *timer);
static struct blinker blinker;

static void blink(struct timer_list *timer)
{
	struct blinker *b = from_timer(b, timer, timer);

	b->calls++;
	b->softirq = kt_context() & 2;
	b->itself = b == &blinker;
	b->pending = timer_pending(timer);
	b->in_time = time_after_eq(jiffies, timer->expires);
	complete(&called);
}

static void again(struct timer_list *timer)
{
	struct blinker *b = from_timer(b, timer, timer);

	if (++b->calls < 3)
		mod_timer(timer, jiffies + 1);
	else
		complete(&called);
}

static int tried;

static void try(struct timer_list *timer)
{
	tried = try_to_del_timer_sync(timer);
	complete(&called);
}

static void wake(struct timer_list *timer)
{
	complete(&called);
}

static struct timer_list lazy = __TIMER_INITIALIZER(wake, TIMER_DEFERRABLE);
static DEFINE_TIMER(trying, try);

static void on_stack(void)
{
	struct timer_list timer;

	timer_setup_on_stack(&timer, wake, 0);
	mod_timer(&timer, jiffies + 1);
	wait_for_completion(&called);
	del_timer_sync(&timer);
	destroy_timer_on_stack(&timer);
	pr_info("on the stack: called\n");
}

static int __init test_init(void)
{
	struct timer_list *timer = &blinker.timer;
	unsigned long soon = jiffies + 1000 * HZ;
	int first, second;

	pr_info("sizeof: %zu; function at %zu, flags at %zu\n", sizeof(*timer), offsetof(struct timer_list, function),
		offsetof(struct timer_list, flags));
	pr_info("a defined timer: pending %d, flags %#x\n", timer_pending(&lazy), lazy.flags);
	timer_setup(timer, blink, 0);
	first = mod_timer(timer, soon + 100);
	second = mod_timer(timer, soon + 10);
	pr_info("mod_timer of an idle timer: %d, of a pending one: %d, pending %d\n", first, second, timer_pending(timer));
	first = del_timer(timer);
	second = del_timer(timer);
	pr_info("del_timer of a pending timer: %d, of an idle one: %d\n", first, second);
	mod_timer(timer, soon + 10);
	first = timer_reduce(timer, soon);
	second = timer_reduce(timer, soon + 20);
	pr_info("timer_reduce to an earlier jiffy: %d, to a later one: %d, expires unchanged %d\n", first, second,
		timer->expires == soon);
	del_timer_sync(timer);
	first = mod_timer_pending(timer, soon);
	pr_info("mod_timer_pending of an idle timer: %d, pending %d\n", first, timer_pending(timer));

	mod_timer(timer, jiffies + 2);
	wait_for_completion(&called);
	del_timer_sync(timer);
	pr_info("it was called in a softirq %d, with itself %d, pending %d, not before its jiffy %d\n", blinker.softirq,
		blinker.itself, blinker.pending, blinker.in_time);
	timer->expires = jiffies + 1;
	add_timer(timer);
	wait_for_completion(&called);
	pr_info("add_timer: called again\n");
	del_timer_sync(timer);

	timer_setup(timer, again, 0);
	blinker.calls = 0;
	mod_timer(timer, jiffies);
	wait_for_completion(&called);
	first = del_timer_sync(timer);
	pr_info("a timer that arms itself: %d calls; del_timer_sync: %d\n", blinker.calls, first);

	mod_timer(&trying, jiffies);
	wait_for_completion(&called);
	del_timer_sync(&trying);
	pr_info("try_to_del_timer_sync while it runs: %d\n", tried);

	mod_timer(timer, soon);
	first = timer_shutdown_sync(timer);
	second = mod_timer(timer, jiffies);
	pr_info("timer_shutdown_sync: %d, mod_timer after it: %d, pending %d\n", first, second, timer_pending(timer));
	on_stack();
	pr_info("round_jiffies: whole seconds %d\n", (round_jiffies(soon + 10 * HZ) - round_jiffies(soon)) % HZ == 0);
	return 0;
}
module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");
