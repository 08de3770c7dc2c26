// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The kernel's timer wheel as seen from outside: how late a timer is by how far off it was, and the
 * order of those that fire at once. Jiffies are counted from one that all levels begin with, so the
 * answer does not depend on when it is asked.
 */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/timer.h>

struct late {
	struct timer_list timer;
	struct completion fired;
	long by;
	int turn;
};

static atomic_t turns;

static void fires(struct timer_list *timer)
{
	struct late *late = from_timer(late, timer, timer);

	late->by = (long)(jiffies - timer->expires);
	late->turn = atomic_inc_return(&turns);
	complete(&late->fired);
}

static void set_up(struct late *late)
{
	timer_setup(&late->timer, fires, TIMER_PINNED);
	init_completion(&late->fired);
	late->by = -1;
	late->turn = 0;
}

/* At least so far off, and so much behind a multiple. */
static unsigned long off(unsigned long least, unsigned long multiple, unsigned long behind)
{
	unsigned long at = jiffies + least;

	return at - at % multiple + multiple + behind;
}

static struct late timers[16];

/*
 * A machine that has other things to do is late. As long as a timer was later than the rule says, all
 * are asked again, so often at most; the least counts.
 */
#define ROUNDS 25

/* Within the first level, the least of many: a tick may be late, and none is early. */
CASE(near, "mod_timer timer_list.expires jiffies")
{
	static const int distances[] = { 1, 3, 20, 55 };
	long least;
	int i, j, round;

	for (i = 0; i < ARRAY_SIZE(distances); i++) {
		least = LONG_MAX;
		for (round = 0; round < ROUNDS && least > 1; round++) {
			for (j = 0; j < 8; j++) {
				set_up(&timers[j]);
				mod_timer(&timers[j].timer, jiffies + distances[i] + j);
			}
			for (j = 0; j < 8; j++) {
				wait_for_completion(&timers[j].fired);
				timer_delete_sync(&timers[j].timer);
				least = min(least, timers[j].by);
			}
		}
		answer("off=%d late=%ld", distances[i], least);
	}
}

/* Farther out, a timer waits for the end of what its level tells apart: 8 jiffies, then 64. */
CASE(far, "mod_timer timer_list.expires jiffies")
{
	static const struct {
		unsigned long least, multiple, behind;
		long late;
	} far[] = {
		{ 65, 8, 0, 8 }, { 100, 8, 0, 8 }, { 100, 8, 1, 7 }, { 100, 8, 2, 6 }, { 490, 8, 0, 8 },
		{ 520, 64, 0, 64 }, { 520, 64, 8, 56 }, { 520, 64, 24, 40 },
	};
	long least[ARRAY_SIZE(far)];
	bool later = true;
	int i, round;

	for (i = 0; i < ARRAY_SIZE(far); i++)
		least[i] = LONG_MAX;
	for (round = 0; round < ROUNDS && later; round++) {
		later = false;
		for (i = 0; i < ARRAY_SIZE(far); i++) {
			set_up(&timers[i]);
			mod_timer(&timers[i].timer, off(far[i].least, far[i].multiple, far[i].behind));
		}
		for (i = 0; i < ARRAY_SIZE(far); i++) {
			wait_for_completion(&timers[i].fired);
			timer_delete_sync(&timers[i].timer);
			least[i] = min(least[i], timers[i].by);
			later |= least[i] > far[i].late + 5;
		}
	}
	for (i = 0; i < ARRAY_SIZE(far); i++)
		answer("off=%lu multiple=%lu behind=%lu late_by=%ld is=%s", far[i].least, far[i].multiple, far[i].behind,
		       far[i].late, least[i] < far[i].late ? "less" : least[i] <= far[i].late + 5 ? "so" : "more");
}

/*
 * An order holds if all were armed before the first was due. Where others may take the cpu in the
 * middle, they are armed once more.
 */
static unsigned long soon(void)
{
	return jiffies + 10;
}

static unsigned long bucket(void)
{
	return off(80, 8, 0);
}

static void wait_for_timers(int count)
{
	int i;

	for (i = 0; i < count; i++) {
		wait_for_completion(&timers[i].fired);
		timer_delete_sync(&timers[i].timer);
	}
}

/* Arms four for E plus each, in their order. False if it took until then. */
static bool arms_four(unsigned long at, const int *plus, int moved)
{
	bool in_time;
	int i;

	atomic_set(&turns, 0);
	for (i = 0; i < 4; i++)
		set_up(&timers[i]);
	/* One cpu's, and armed within a jiffy. */
	preempt_disable();
	for (i = 0; i < 4; i++)
		mod_timer(&timers[i].timer, at + plus[i]);
	if (moved >= 0)
		mod_timer(&timers[1].timer, at + moved);
	in_time = time_before(jiffies, at);
	preempt_enable();
	wait_for_timers(4);
	return in_time;
}

/* Which turn each of four had. */
static void in_order(const char *what, unsigned long (*at)(void), const int *plus, int moved)
{
	int round;

	for (round = 0; round < ROUNDS && !arms_four(at(), plus, moved); round++)
		;
	answer("%s turns=%d,%d,%d,%d", what, timers[0].turn, timers[1].turn, timers[2].turn, timers[3].turn);
}

CASE(order, "mod_timer")
{
	static const int same[] = { 0, 0, 0, 0 };
	static const int rising[] = { 0, 1, 2, 3 };
	static const int falling[] = { 3, 2, 1, 0 };

	in_order("one_jiffy", soon, same, -1);
	in_order("rising", soon, rising, -1);
	in_order("falling", soon, falling, -1);
	/* What it was set to does not change; it changes, and changes back. */
	in_order("set_to_the_same", soon, same, 0);
	in_order("set_later", soon, same, 1);
	/* Of the second level all are in one bucket. */
	in_order("bucket_rising", bucket, rising, -1);
	in_order("bucket_falling", bucket, falling, -1);
	in_order("moved_inside", bucket, falling, 6);
	in_order("moved_outside", bucket, falling, 9);
}

static bool moves_back(int way)
{
	unsigned long at = soon();
	bool in_time;
	int i;

	atomic_set(&turns, 0);
	for (i = 0; i < 3; i++)
		set_up(&timers[i]);
	preempt_disable();
	for (i = 0; i < 3; i++)
		mod_timer(&timers[i].timer, at);
	if (way == 0) {
		mod_timer(&timers[0].timer, at + 20);
		mod_timer(&timers[0].timer, at);
	} else if (way == 1) {
		timer_delete(&timers[0].timer);
		mod_timer(&timers[0].timer, at);
	} else {
		mod_timer(&timers[0].timer, at + 20);
		timer_reduce(&timers[0].timer, at);
	}
	in_time = time_before(jiffies, at);
	preempt_enable();
	wait_for_timers(3);
	return in_time;
}

/* One that moves away and comes back is the newest. */
CASE(moved_back, "mod_timer timer_delete timer_reduce")
{
	int way, round;

	for (way = 0; way < 3; way++) {
		for (round = 0; round < ROUNDS && !moves_back(way); round++)
			;
		answer("way=%d turns=%d,%d,%d", way, timers[0].turn, timers[1].turn, timers[2].turn);
	}
}

static bool arms_levels(void)
{
	unsigned long at = bucket();
	bool in_time;

	atomic_set(&turns, 0);
	set_up(&timers[0]);
	set_up(&timers[1]);
	set_up(&timers[2]);
	preempt_disable();
	mod_timer(&timers[0].timer, at + 3);
	preempt_enable();
	/* By now the end of its bucket is near. */
	while (time_before(jiffies, at - 20))
		schedule_timeout_uninterruptible(1);
	/* That one's is pinned to a cpu: so are these. */
	set_cpus_allowed_ptr(current, cpumask_of(timers[0].timer.flags & TIMER_CPUMASK));
	preempt_disable();
	mod_timer(&timers[1].timer, at + 7);
	mod_timer(&timers[2].timer, at + 6);
	in_time = time_before(jiffies, at);
	preempt_enable();
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	wait_for_timers(3);
	return in_time;
}

/* Levels that come due at the same jiffy: the coarser goes first. */
CASE(levels, "mod_timer")
{
	int round;

	for (round = 0; round < ROUNDS && !arms_levels(); round++)
		;
	answer("coarse=%d same_end=%d one_earlier=%d", timers[0].turn, timers[1].turn, timers[2].turn);
}

/* A callback arms another for now, which has its own turn. */
static struct late second;

static void arms(struct timer_list *timer)
{
	mod_timer(&second.timer, jiffies);
	fires(timer);
}

static bool arms_from_callback(void)
{
	unsigned long at = jiffies + 5;
	bool in_time;

	atomic_set(&turns, 0);
	set_up(&second);
	set_up(&timers[0]);
	set_up(&timers[1]);
	timers[1].timer.function = arms;
	preempt_disable();
	mod_timer(&timers[0].timer, at);
	mod_timer(&timers[1].timer, at);
	in_time = time_before(jiffies, at);
	preempt_enable();
	wait_for_completion(&second.fired);
	wait_for_timers(2);
	timer_delete_sync(&second.timer);
	return in_time;
}

CASE(from_callback, "mod_timer")
{
	int round;

	for (round = 0; round < ROUNDS && !arms_from_callback(); round++)
		;
	answer("first=%d arms=%d armed=%d", timers[0].turn, timers[1].turn, second.turn);
}

ASK_MODULE(&case_near, &case_far, &case_order, &case_moved_back, &case_levels, &case_from_callback);
