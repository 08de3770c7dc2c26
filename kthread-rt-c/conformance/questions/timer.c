// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Timers: what each call returns in each state of a timer, and what the callback sees of its own.
 */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/timer.h>

struct asked {
	struct timer_list timer;
	struct completion fired;
	atomic_t fires;
};

static void counts(struct timer_list *timer)
{
	struct asked *asked = container_of(timer, struct asked, timer);

	atomic_inc(&asked->fires);
	complete(&asked->fired);
}

/* With a function that counts, and not armed. */
static void set_up(struct asked *asked, void (*function)(struct timer_list *timer), unsigned int flags)
{
	timer_setup_on_stack(&asked->timer, function, flags);
	init_completion(&asked->fired);
	atomic_set(&asked->fires, 0);
}

/* Far enough for that no machine gets there while it asks. */
static unsigned long far(void)
{
	return jiffies + 3600 * HZ;
}

CASE(idle, "timer_pending timer_delete timer_delete_sync del_timer del_timer_sync try_to_del_timer_sync mod_timer_pending"
	   " timer_setup_on_stack destroy_timer_on_stack")
{
	struct asked asked;
	int deleted, deleted_sync, tried;

	set_up(&asked, counts, 0);
	answer("pending=%d", timer_pending(&asked.timer));
	deleted = timer_delete(&asked.timer);
	deleted_sync = timer_delete_sync(&asked.timer);
	answer("delete=%d sync=%d", deleted, deleted_sync);
	deleted = del_timer(&asked.timer);
	deleted_sync = del_timer_sync(&asked.timer);
	tried = try_to_del_timer_sync(&asked.timer);
	answer("del=%d del_sync=%d try=%d", deleted, deleted_sync, tried);
	answer("mod_pending=%d", mod_timer_pending(&asked.timer, far()));
	answer("pending_then=%d", timer_pending(&asked.timer));
	destroy_timer_on_stack(&asked.timer);
}

CASE(pending, "add_timer timer_pending timer_delete timer_delete_sync try_to_del_timer_sync mod_timer mod_timer_pending"
	      " timer_list.expires")
{
	struct asked asked;
	unsigned long at = far();
	int result;

	set_up(&asked, counts, 0);
	asked.timer.expires = at;
	add_timer(&asked.timer);
	answer("added pending=%d expires_kept=%d", timer_pending(&asked.timer), asked.timer.expires == at);
	result = mod_timer(&asked.timer, at);
	answer("mod_to_the_same=%d", result);
	result = mod_timer(&asked.timer, at + 1);
	answer("mod=%d expires_set=%d", result, asked.timer.expires == at + 1);
	result = mod_timer_pending(&asked.timer, at + 5000);
	answer("mod_pending=%d expires_set=%d", result, asked.timer.expires == at + 5000);
	result = timer_delete(&asked.timer);
	answer("delete=%d pending=%d expires_kept=%d", result, timer_pending(&asked.timer),
	       asked.timer.expires == at + 5000);
	result = mod_timer(&asked.timer, at);
	answer("mod_of_idle=%d pending=%d", result, timer_pending(&asked.timer));
	result = timer_delete_sync(&asked.timer);
	answer("delete_sync=%d", result);
	result = mod_timer(&asked.timer, at);
	result = try_to_del_timer_sync(&asked.timer);
	answer("try=%d fires=%d", result, atomic_read(&asked.fires));
	result = mod_timer_pending(&asked.timer, at + 1);
	answer("mod_pending_of_idle=%d expires_kept=%d", result, asked.timer.expires == at);
	destroy_timer_on_stack(&asked.timer);
}

CASE(reduce, "timer_reduce timer_list.expires")
{
	struct asked asked;
	unsigned long at = far();
	int result;

	set_up(&asked, counts, 0);
	result = timer_reduce(&asked.timer, at);
	answer("idle=%d pending=%d set=%d", result, timer_pending(&asked.timer), asked.timer.expires == at);
	result = timer_reduce(&asked.timer, at + 100);
	answer("later=%d kept=%d", result, asked.timer.expires == at);
	result = timer_reduce(&asked.timer, at);
	answer("same=%d kept=%d", result, asked.timer.expires == at);
	result = timer_reduce(&asked.timer, at - 100);
	answer("earlier=%d set=%d", result, asked.timer.expires == at - 100);
	timer_delete_sync(&asked.timer);
	destroy_timer_on_stack(&asked.timer);
}

CASE(shutdown, "timer_shutdown timer_shutdown_sync mod_timer add_timer timer_list.function")
{
	struct asked asked;
	int sync, result;

	for (sync = 0; sync < 2; sync++) {
		set_up(&asked, counts, 0);
		result = sync ? timer_shutdown_sync(&asked.timer) : timer_shutdown(&asked.timer);
		answer("sync=%d idle=%d", sync, result);
		result = mod_timer(&asked.timer, far());
		answer("sync=%d mod=%d pending=%d", sync, result, timer_pending(&asked.timer));
		asked.timer.expires = far();
		add_timer(&asked.timer);
		answer("sync=%d added pending=%d function=%d", sync, timer_pending(&asked.timer), !!asked.timer.function);
		timer_setup_on_stack(&asked.timer, counts, 0);
		mod_timer(&asked.timer, far());
		answer("sync=%d set_up_again pending=%d", sync, timer_pending(&asked.timer));
		result = sync ? timer_shutdown_sync(&asked.timer) : timer_shutdown(&asked.timer);
		answer("sync=%d of_pending=%d pending=%d", sync, result, timer_pending(&asked.timer));
		result = sync ? timer_shutdown_sync(&asked.timer) : timer_shutdown(&asked.timer);
		answer("sync=%d twice=%d fires=%d", sync, result, atomic_read(&asked.fires));
		destroy_timer_on_stack(&asked.timer);
	}
}

static void does_nothing(struct timer_list *timer)
{
}

static DEFINE_TIMER(defined, does_nothing);

CASE(defined, "DEFINE_TIMER timer_setup timer_list.expires timer_list.flags timer_list.function TIMER_DEFERRABLE TIMER_PINNED"
	      " TIMER_IRQSAFE")
{
	const unsigned int all = TIMER_DEFERRABLE | TIMER_PINNED | TIMER_IRQSAFE;
	static struct timer_list timer;

	answer("defined pending=%d expires=%lu flags=0x%x function=%d", timer_pending(&defined), defined.expires,
	       defined.flags & all, defined.function == does_nothing);
	memset(&timer, 0, sizeof(timer));
	timer.expires = 12345;
	timer_setup(&timer, does_nothing, all);
	answer("set_up pending=%d expires=%lu all_flags=%d function=%d", timer_pending(&timer), timer.expires,
	       (timer.flags & all) == all, timer.function == does_nothing);
	timer_setup(&timer, does_nothing, TIMER_PINNED);
	answer("pinned=%d deferrable=%d irqsafe=%d expires=%lu", !!(timer.flags & TIMER_PINNED),
	       !!(timer.flags & TIMER_DEFERRABLE), !!(timer.flags & TIMER_IRQSAFE), timer.expires);
	answer("values deferrable=0x%x pinned=0x%x irqsafe=0x%x", TIMER_DEFERRABLE, TIMER_PINNED, TIMER_IRQSAFE);
}

/* What the callback sees. */
static struct asked seen;
static int seen_pending, seen_try, seen_delete, seen_mod_pending, seen_mod, seen_reduce;
static bool seen_early;

static void looks(struct timer_list *timer)
{
	struct asked *asked = from_timer(asked, timer, timer);

	seen_pending = timer_pending(timer);
	seen_early = time_before(jiffies, timer->expires);
	seen_try = try_to_del_timer_sync(timer);
	seen_delete = timer_delete(timer);
	seen_mod_pending = mod_timer_pending(timer, far());
	if (atomic_inc_return(&asked->fires) == 1) {
		seen_mod = mod_timer(timer, jiffies + 1);
		seen_reduce = timer_reduce(timer, jiffies + 1);
	} else {
		complete(&asked->fired);
	}
}

CASE(in_callback, "from_timer timer_pending try_to_del_timer_sync timer_delete mod_timer mod_timer_pending timer_reduce add_timer")
{
	unsigned long at;

	set_up(&seen, looks, 0);
	at = jiffies + 2;
	seen.timer.expires = at;
	add_timer(&seen.timer);
	wait_for_completion(&seen.fired);
	answer("pending=%d early=%d try=%d delete=%d mod_pending=%d", seen_pending, seen_early, seen_try, seen_delete,
	       seen_mod_pending);
	answer("mod=%d reduce=%d fires=%d", seen_mod, seen_reduce, atomic_read(&seen.fires));
	answer("after pending=%d delete_sync=%d later_than_first=%d", timer_pending(&seen.timer), timer_delete_sync(&seen.timer),
	       time_after(seen.timer.expires, at));
	destroy_timer_on_stack(&seen.timer);
}

/*
 * A callback that is under way until it is told to go on, or for some ticks; on another cpu if
 * there is one.
 */
static struct completion under_way;
static atomic_t go_on;
static bool ended;

static void stays(struct timer_list *timer)
{
	complete(&under_way);
	while (!atomic_read(&go_on))
		cpu_relax();
	WRITE_ONCE(ended, true);
}

static void takes_ticks(struct timer_list *timer)
{
	unsigned long until = jiffies + 5;

	complete(&under_way);
	while (time_before(jiffies, until))
		cpu_relax();
	WRITE_ONCE(ended, true);
}

static void start(struct timer_list *timer, void (*function)(struct timer_list *timer))
{
	timer_setup_on_stack(timer, function, 0);
	init_completion(&under_way);
	atomic_set(&go_on, 0);
	WRITE_ONCE(ended, false);
	timer->expires = jiffies + 1;
	add_timer_on(timer, cpumask_last(cpu_online_mask));
	wait_for_completion(&under_way);
}

CASE(running, "add_timer_on timer_pending try_to_del_timer_sync timer_delete timer_delete_sync mod_timer timer_shutdown_sync")
{
	int pending, tried, deleted, set, again, waits;
	struct timer_list timer;
	bool before;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	start(&timer, stays);
	pending = timer_pending(&timer);
	tried = try_to_del_timer_sync(&timer);
	deleted = timer_delete(&timer);
	set = mod_timer(&timer, far());
	again = try_to_del_timer_sync(&timer);
	before = READ_ONCE(ended);
	atomic_set(&go_on, 1);
	answer("pending=%d try=%d delete=%d mod=%d", pending, tried, deleted, set);
	answer("try_when_armed_too=%d pending=%d ended=%d", again, timer_pending(&timer), before);
	deleted = timer_delete_sync(&timer);
	answer("delete_sync=%d ended=%d", deleted, READ_ONCE(ended));
	destroy_timer_on_stack(&timer);
	/* Who deletes it waits for the callback. */
	for (waits = 0; waits < 3; waits++) {
		start(&timer, takes_ticks);
		deleted = waits == 0 ? timer_delete_sync(&timer) : waits == 1 ? del_timer_sync(&timer) : timer_shutdown_sync(&timer);
		answer("waits=%d returned=%d ended=%d", waits, deleted, READ_ONCE(ended));
		destroy_timer_on_stack(&timer);
	}
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

CASE(fires, "add_timer add_timer_on mod_timer timer_list.expires")
{
	struct asked asked;
	unsigned long at;
	int i;

	set_up(&asked, counts, 0);
	for (i = 0; i < 3; i++) {
		/* In time, now, and in the past: a timer never fires at once, and always fires. */
		at = jiffies + (i == 0 ? 3 : i == 1 ? 0 : -1000);
		mod_timer(&asked.timer, at);
		wait_for_completion(&asked.fired);
		answer("i=%d fires=%d pending=%d expires_kept=%d early=%d", i, atomic_read(&asked.fires),
		       timer_pending(&asked.timer), asked.timer.expires == at, time_before(jiffies, at));
	}
	asked.timer.expires = jiffies;
	add_timer(&asked.timer);
	wait_for_completion(&asked.fired);
	asked.timer.expires = jiffies - 1;
	add_timer_on(&asked.timer, cpumask_last(cpu_online_mask));
	wait_for_completion(&asked.fired);
	answer("fires=%d", atomic_read(&asked.fires));
	timer_delete_sync(&asked.timer);
	destroy_timer_on_stack(&asked.timer);
}

/* Armed again by itself, until it does not. */
static void again(struct timer_list *timer)
{
	struct asked *asked = from_timer(asked, timer, timer);

	if (atomic_inc_return(&asked->fires) < 5) {
		timer->expires = jiffies + 1;
		add_timer(timer);
	} else {
		complete(&asked->fired);
	}
}

CASE(periodic, "add_timer")
{
	struct asked asked;
	unsigned long begin = jiffies;

	set_up(&asked, again, 0);
	mod_timer(&asked.timer, jiffies + 1);
	wait_for_completion(&asked.fired);
	answer("fires=%d at_least_5_jiffies=%d pending=%d", atomic_read(&asked.fires), jiffies - begin >= 5,
	       timer_pending(&asked.timer));
	timer_delete_sync(&asked.timer);
	destroy_timer_on_stack(&asked.timer);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
CASE(local_global, "add_timer_local add_timer_global TIMER_PINNED timer_list.flags")
{
	struct asked asked;

	set_up(&asked, counts, 0);
	asked.timer.expires = far();
	add_timer_local(&asked.timer);
	answer("local pending=%d pinned=%d", timer_pending(&asked.timer), !!(asked.timer.flags & TIMER_PINNED));
	timer_delete_sync(&asked.timer);
	add_timer_global(&asked.timer);
	answer("global pending=%d pinned=%d", timer_pending(&asked.timer), !!(asked.timer.flags & TIMER_PINNED));
	timer_delete_sync(&asked.timer);
	destroy_timer_on_stack(&asked.timer);
}
#else
CASE(local_global, "TIMER_PINNED")
{
}
#endif

ASK_MODULE(&case_idle, &case_pending, &case_reduce, &case_shutdown, &case_defined, &case_in_callback, &case_running, &case_fires,
	   &case_periodic, &case_local_global);
