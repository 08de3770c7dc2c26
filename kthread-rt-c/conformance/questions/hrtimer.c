// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * High-resolution timers: what each call returns in each state, how an expiry is forwarded, and
 * sleeps by them.
 */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>

struct asked {
	struct hrtimer timer;
	struct completion fired;
	int fires;
};

static enum hrtimer_restart counts(struct hrtimer *timer)
{
	struct asked *asked = container_of(timer, struct asked, timer);

	asked->fires++;
	complete(&asked->fired);
	return HRTIMER_NORESTART;
}

static void set_up(struct asked *asked, enum hrtimer_restart (*function)(struct hrtimer *timer), enum hrtimer_mode mode)
{
	hrtimer_init(&asked->timer, CLOCK_MONOTONIC, mode);
	asked->timer.function = function;
	init_completion(&asked->fired);
	asked->fires = 0;
}

#define HOUR ms_to_ktime(3600 * 1000)
#define MS 1000000LL

static void state(const char *when, struct hrtimer *timer)
{
	answer("%s active=%d queued=%d running=%d", when, hrtimer_active(timer), hrtimer_is_queued(timer),
	       hrtimer_callback_running(timer));
}

CASE(states, "hrtimer hrtimer_init hrtimer_start hrtimer_restart hrtimer_cancel hrtimer_try_to_cancel hrtimer_active"
	     " hrtimer_is_queued hrtimer_callback_running HRTIMER_MODE_REL HRTIMER_MODE_ABS hrtimer_start_expires")
{
	static struct asked asked;
	ktime_t at, now;
	int cancelled, tried;

	set_up(&asked, counts, HRTIMER_MODE_REL);
	state("idle", &asked.timer);
	tried = hrtimer_try_to_cancel(&asked.timer);
	cancelled = hrtimer_cancel(&asked.timer);
	answer("idle try=%d cancel=%d", tried, cancelled);
	now = ktime_get();
	hrtimer_start(&asked.timer, HOUR, HRTIMER_MODE_REL);
	state("started", &asked.timer);
	at = hrtimer_get_expires(&asked.timer);
	answer("relative expires_is_later=%d", at >= ktime_add(now, HOUR) && at < ktime_add_ms(now, 3600 * 1000 + 60000));
	hrtimer_start(&asked.timer, ktime_add_ms(at, 1), HRTIMER_MODE_ABS);
	answer("started_again active=%d plus=%lld", hrtimer_active(&asked.timer), hrtimer_get_expires(&asked.timer) - at);
	tried = hrtimer_try_to_cancel(&asked.timer);
	answer("started try=%d", tried);
	state("cancelled", &asked.timer);
	answer("expires_kept=%d", hrtimer_get_expires(&asked.timer) == ktime_add_ms(at, 1));
	hrtimer_restart(&asked.timer);
	answer("restarted active=%d kept=%d", hrtimer_active(&asked.timer), hrtimer_get_expires(&asked.timer) == ktime_add_ms(at, 1));
	cancelled = hrtimer_cancel(&asked.timer);
	answer("cancel=%d", cancelled);
	hrtimer_set_expires(&asked.timer, at);
	hrtimer_start_expires(&asked.timer, HRTIMER_MODE_ABS);
	answer("start_expires active=%d kept=%d", hrtimer_active(&asked.timer), hrtimer_get_expires(&asked.timer) == at);
	cancelled = hrtimer_cancel(&asked.timer);
	answer("cancel=%d fires=%d", cancelled, asked.fires);
}

/* What is past fires, and nothing fires early. */
CASE(fires, "hrtimer_start HRTIMER_MODE_ABS HRTIMER_MODE_REL HRTIMER_NORESTART hrtimer_get_expires hrtimer_cb_get_time"
	    " hrtimer_get_remaining hrtimer_expires_remaining")
{
	static struct asked asked;
	ktime_t at;
	int i;

	set_up(&asked, counts, HRTIMER_MODE_ABS);
	for (i = 0; i < 4; i++) {
		at = i == 0 ? ktime_add_ms(ktime_get(), 5) : i == 1 ? ktime_get() : i == 2 ? ktime_sub_ns(ktime_get(), 5 * MS) : 0;
		hrtimer_start(&asked.timer, at, HRTIMER_MODE_ABS);
		wait_for_completion(&asked.fired);
		answer("i=%d fires=%d early=%d kept=%d", i, asked.fires, ktime_before(hrtimer_cb_get_time(&asked.timer), at),
		       hrtimer_get_expires(&asked.timer) == at);
		hrtimer_cancel(&asked.timer);
	}
	hrtimer_start(&asked.timer, 0, HRTIMER_MODE_REL);
	wait_for_completion(&asked.fired);
	answer("relative fires=%d", asked.fires);
	hrtimer_cancel(&asked.timer);
	answer("remaining negative=%d expires_remaining_negative=%d", hrtimer_get_remaining(&asked.timer) < 0,
	       hrtimer_expires_remaining(&asked.timer) < 0);
	/* Less than nothing counts as an overflow: it is never. */
	hrtimer_start(&asked.timer, -5 * MS, HRTIMER_MODE_REL);
	answer("negative active=%d never=%d", hrtimer_active(&asked.timer),
	       hrtimer_get_expires(&asked.timer) == ktime_set(KTIME_SEC_MAX, 0));
	hrtimer_cancel(&asked.timer);
	hrtimer_start(&asked.timer, HOUR, HRTIMER_MODE_REL);
	answer("of_hour positive=%d not_more=%d", hrtimer_get_remaining(&asked.timer) > 3500 * 1000 * MS,
	       hrtimer_get_remaining(&asked.timer) <= HOUR);
	hrtimer_cancel(&asked.timer);
}

CASE(forward, "hrtimer_forward hrtimer_set_expires hrtimer_get_expires hrtimer_add_expires hrtimer_add_expires_ns")
{
	static const struct {
		s64 now, interval;
	} all[] = {
		{ -1, MS }, { 0, MS }, { 1, MS }, { MS - 1, MS }, { MS, MS }, { MS + 1, MS }, { 10 * MS, MS }, { 10 * MS + 1, MS },
		{ 10 * MS + 7, 3 * MS }, { 5, 1 },
	};
	const ktime_t base = 1000 * MS;
	struct hrtimer timer;
	u64 overruns;
	int i;

	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		hrtimer_set_expires(&timer, base);
		overruns = hrtimer_forward(&timer, base + all[i].now, all[i].interval);
		answer("now=%lld interval=%lld overruns=%llu plus=%lld", all[i].now, all[i].interval, overruns,
		       hrtimer_get_expires(&timer) - base);
	}
	hrtimer_add_expires(&timer, 5);
	hrtimer_add_expires_ns(&timer, 7);
	answer("added=%lld", hrtimer_get_expires(&timer) - base);
	hrtimer_add_expires(&timer, KTIME_MAX);
	answer("added_max=%d", hrtimer_get_expires(&timer) == KTIME_MAX);
}

WARNS(forward_now, "hrtimer_forward_now hrtimer_forward hrtimer_start")
{
	static struct asked asked;
	ktime_t now = ktime_get();
	u64 overruns;

	set_up(&asked, counts, HRTIMER_MODE_ABS);
	hrtimer_set_expires(&asked.timer, ktime_add(now, HOUR));
	overruns = hrtimer_forward_now(&asked.timer, MS);
	answer("ahead=%llu", overruns);
	hrtimer_set_expires(&asked.timer, ktime_sub_ns(now, 100 * MS));
	overruns = hrtimer_forward_now(&asked.timer, 1000000 * MS);
	answer("behind=%llu", overruns);
	hrtimer_set_expires(&asked.timer, ktime_sub_ns(now, 100 * MS));
	overruns = hrtimer_forward_now(&asked.timer, MS);
	answer("many=%d in_future=%d", overruns > 100, ktime_after(hrtimer_get_expires(&asked.timer), now));
	/* Of one that is queued nothing is forwarded, which the kernel warns of. */
	hrtimer_start(&asked.timer, ktime_add(now, HOUR), HRTIMER_MODE_ABS);
	overruns = hrtimer_forward(&asked.timer, ktime_add(now, 2 * HOUR), MS);
	answer("queued=%llu kept=%d", overruns, hrtimer_get_expires(&asked.timer) == ktime_add(now, HOUR));
	hrtimer_cancel(&asked.timer);
}

static int seen_active, seen_queued, seen_running, seen_try, seen_started;

static enum hrtimer_restart restarts(struct hrtimer *timer)
{
	struct asked *asked = container_of(timer, struct asked, timer);

	if (asked->fires++ == 0) {
		seen_active = hrtimer_active(timer);
		seen_queued = hrtimer_is_queued(timer);
		seen_running = hrtimer_callback_running(timer);
		seen_try = hrtimer_try_to_cancel(timer);
	}
	if (asked->fires == 5) {
		complete(&asked->fired);
		return HRTIMER_NORESTART;
	}
	hrtimer_forward_now(timer, MS);
	return HRTIMER_RESTART;
}

static enum hrtimer_restart starts(struct hrtimer *timer)
{
	struct asked *asked = container_of(timer, struct asked, timer);

	if (asked->fires++ == 0) {
		hrtimer_start(timer, MS, HRTIMER_MODE_REL);
		seen_started = hrtimer_is_queued(timer);
	} else {
		complete(&asked->fired);
	}
	return HRTIMER_NORESTART;
}

/* It asks to be called again without a later time: at once, as often as it asks. */
static enum hrtimer_restart at_once(struct hrtimer *timer)
{
	struct asked *asked = container_of(timer, struct asked, timer);

	if (++asked->fires < 3)
		return HRTIMER_RESTART;
	complete(&asked->fired);
	return HRTIMER_NORESTART;
}

CASE(in_callback, "hrtimer_active hrtimer_is_queued hrtimer_callback_running hrtimer_try_to_cancel hrtimer_forward_now"
		  " HRTIMER_RESTART hrtimer_start")
{
	static struct asked asked;
	ktime_t begin = ktime_get();

	set_up(&asked, restarts, HRTIMER_MODE_REL);
	hrtimer_start(&asked.timer, MS, HRTIMER_MODE_REL);
	wait_for_completion(&asked.fired);
	hrtimer_cancel(&asked.timer);
	answer("active=%d queued=%d running=%d try=%d", seen_active, seen_queued, seen_running, seen_try);
	answer("fires=%d at_least_5ms=%d", asked.fires, ktime_ms_delta(ktime_get(), begin) >= 5);
	set_up(&asked, starts, HRTIMER_MODE_REL);
	hrtimer_start(&asked.timer, MS, HRTIMER_MODE_REL);
	wait_for_completion(&asked.fired);
	hrtimer_cancel(&asked.timer);
	answer("started_inside queued=%d fires=%d", seen_started, asked.fires);
	set_up(&asked, at_once, HRTIMER_MODE_REL);
	hrtimer_start(&asked.timer, MS, HRTIMER_MODE_REL);
	wait_for_completion(&asked.fired);
	hrtimer_cancel(&asked.timer);
	answer("at_once fires=%d active=%d", asked.fires, hrtimer_active(&asked.timer));
}

/* Another's callback is under way. */
static struct completion under_way;
static atomic_t go_on;
static bool ended;

static enum hrtimer_restart stays(struct hrtimer *timer)
{
	complete(&under_way);
	while (!atomic_read(&go_on))
		cpu_relax();
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart takes_time(struct hrtimer *timer)
{
	ktime_t end = ktime_add_ms(ktime_get(), 20);

	complete(&under_way);
	while (ktime_before(ktime_get(), end))
		cpu_relax();
	WRITE_ONCE(ended, true);
	hrtimer_forward_now(timer, 1000 * MS);
	return HRTIMER_RESTART;
}

static struct hrtimer other;

/* On the last cpu. */
static int starts_there(void *data)
{
	hrtimer_init(&other, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED);
	other.function = data;
	hrtimer_start(&other, 2 * MS, HRTIMER_MODE_REL_PINNED);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

static struct task_struct *start_there(void *function)
{
	struct task_struct *task;

	init_completion(&under_way);
	atomic_set(&go_on, 0);
	task = kthread_create(starts_there, function, "starts");
	kthread_bind(task, cpumask_last(cpu_online_mask));
	wake_up_process(task);
	wait_for_completion(&under_way);
	return task;
}

CASE(running, "hrtimer_active hrtimer_is_queued hrtimer_callback_running hrtimer_try_to_cancel hrtimer_cancel")
{
	struct task_struct *task;
	int active, queued, running, tried, cancelled;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	task = start_there(stays);
	active = hrtimer_active(&other);
	queued = hrtimer_is_queued(&other);
	running = hrtimer_callback_running(&other);
	tried = hrtimer_try_to_cancel(&other);
	atomic_set(&go_on, 1);
	cancelled = hrtimer_cancel(&other);
	answer("active=%d queued=%d running=%d try=%d cancel=%d", active, queued, running, tried, cancelled);
	state("then", &other);
	kthread_stop(task);
	/* It asks for more while somebody waits for it. */
	task = start_there(takes_time);
	cancelled = hrtimer_cancel(&other);
	answer("restarting waited=%d cancel=%d active=%d", READ_ONCE(ended), cancelled, hrtimer_active(&other));
	kthread_stop(task);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

CASE(sleeps, "schedule_hrtimeout schedule_hrtimeout_range HRTIMER_MODE_REL HRTIMER_MODE_ABS set_current_state")
{
	ktime_t at = 3 * MS, begin;
	int returned, i;

	for (i = 0; i < 4; i++) {
		at = i < 2 ? 3 * MS : ktime_add_ms(ktime_get(), 3);
		begin = ktime_get();
		set_current_state(i & 1 ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
		returned = i < 2 ? schedule_hrtimeout(&at, HRTIMER_MODE_REL) : schedule_hrtimeout_range(&at, MS, HRTIMER_MODE_ABS);
		answer("i=%d returned=%d state=%u at_least=%d", i, returned, READ_ONCE(current->__state),
		       i < 2 ? ktime_sub(ktime_get(), begin) >= 3 * MS : !ktime_before(ktime_get(), at));
	}
	at = 0;
	set_current_state(TASK_INTERRUPTIBLE);
	returned = schedule_hrtimeout(&at, HRTIMER_MODE_REL);
	answer("zero=%d state=%u", returned, READ_ONCE(current->__state));
	at = ktime_sub_ns(ktime_get(), MS);
	set_current_state(TASK_INTERRUPTIBLE);
	returned = schedule_hrtimeout(&at, HRTIMER_MODE_ABS);
	answer("past=%d state=%u", returned, READ_ONCE(current->__state));
	/* Not asleep: it is over at once. */
	at = HOUR;
	returned = schedule_hrtimeout(&at, HRTIMER_MODE_REL);
	answer("running=%d", returned);
}

static int sleep_returned;

static int sleeps_long(void *data)
{
	ktime_t at = HOUR;

	set_current_state(TASK_INTERRUPTIBLE);
	sleep_returned = schedule_hrtimeout(data ? NULL : &at, HRTIMER_MODE_REL);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return READ_ONCE(current->__state);
}

CASE(woken, "schedule_hrtimeout wake_up_process EINTR")
{
	struct task_struct *task;
	int woken, state_then, i;

	for (i = 0; i < 2; i++) {
		task = ask_thread(sleeps_long, i ? &i : NULL);
		if (!task)
			return;
		until_state(task, TASK_INTERRUPTIBLE);
		woken = wake_up_process(task);
		until_state(task, TASK_UNINTERRUPTIBLE);
		state_then = kthread_stop(task);
		answer("endless=%d woken=%d returned_eintr=%d state=%d", i, woken, sleep_returned == -EINTR, state_then);
	}
}

CASE(range, "hrtimer_start_range_ns hrtimer_get_expires hrtimer_get_softexpires hrtimer_set_expires_range_ns"
	    " hrtimer_get_expires_ns hrtimer_get_expires_tv64 hrtimer_get_softexpires_tv64")
{
	static struct asked asked;
	ktime_t at = ktime_add(ktime_get(), HOUR);

	set_up(&asked, counts, HRTIMER_MODE_ABS);
	hrtimer_start_range_ns(&asked.timer, at, 5000, HRTIMER_MODE_ABS);
	answer("soft=%lld hard=%lld", hrtimer_get_softexpires(&asked.timer) - at, hrtimer_get_expires(&asked.timer) - at);
	hrtimer_cancel(&asked.timer);
	hrtimer_set_expires_range_ns(&asked.timer, at, 7000);
	answer("set soft=%lld hard=%lld", hrtimer_get_softexpires_tv64(&asked.timer) - at,
	       hrtimer_get_expires_tv64(&asked.timer) - at);
	hrtimer_set_expires_range(&asked.timer, at, 9000);
	answer("range soft=%lld hard=%lld", hrtimer_get_softexpires(&asked.timer) - at, hrtimer_get_expires_ns(&asked.timer) - at);
	hrtimer_set_expires(&asked.timer, at);
	answer("plain soft=%lld hard=%lld", hrtimer_get_softexpires(&asked.timer) - at, hrtimer_get_expires(&asked.timer) - at);
}

static int turn, turns[4];

static struct hrtimer several[4];

static enum hrtimer_restart takes_turn(struct hrtimer *timer)
{
	turns[timer - several] = ++turn;
	if (turn == 4)
		complete(&under_way);
	return HRTIMER_NORESTART;
}

/* Of one cpu: by time, and of the same time first come, first served. */
CASE(order, "hrtimer_start HRTIMER_MODE_ABS_PINNED")
{
	static const int plus[][4] = { { 0, 0, 0, 0 }, { 3, 2, 1, 0 }, { 1, 0, 1, 0 } };
	int round, i;

	for (round = 0; round < 3; round++) {
		ktime_t at = ktime_add_ms(ktime_get(), 30);

		turn = 0;
		init_completion(&under_way);
		preempt_disable();
		for (i = 0; i < 4; i++) {
			hrtimer_init(&several[i], CLOCK_MONOTONIC, HRTIMER_MODE_ABS_PINNED);
			several[i].function = takes_turn;
			hrtimer_start(&several[i], at + plus[round][i], HRTIMER_MODE_ABS_PINNED);
		}
		preempt_enable();
		wait_for_completion(&under_way);
		for (i = 0; i < 4; i++)
			hrtimer_cancel(&several[i]);
		answer("round=%d turns=%d,%d,%d,%d", round, turns[0], turns[1], turns[2], turns[3]);
	}
}

CASE(modes, "hrtimer_mode HRTIMER_MODE_SOFT HRTIMER_MODE_HARD HRTIMER_MODE_PINNED HRTIMER_MODE_REL_PINNED_HARD")
{
	answer("abs=%d rel=%d pinned=%d soft=%d hard=%d all=%d", HRTIMER_MODE_ABS, HRTIMER_MODE_REL, HRTIMER_MODE_PINNED,
	       HRTIMER_MODE_SOFT, HRTIMER_MODE_HARD, HRTIMER_MODE_REL_PINNED_HARD);
	answer("norestart=%d restart=%d", HRTIMER_NORESTART, HRTIMER_RESTART);
}

ASK_MODULE(&case_states, &case_fires, &case_forward, &case_forward_now, &case_in_callback, &case_running, &case_sleeps, &case_woken,
	   &case_range, &case_order, &case_modes);
