// SPDX-License-Identifier: MIT OR Apache-2.0
/* Conditions that seldom change, things done once, and no more than so often. */
#include "ask.h"
#include <linux/bug.h>
#include <linux/jump_label.h>
#include <linux/once.h>
#include <linux/ratelimit.h>

static DEFINE_STATIC_KEY_TRUE(key_true);
static DEFINE_STATIC_KEY_FALSE(key_false);
static struct static_key old_key = STATIC_KEY_INIT_FALSE;

static void key(const char *when)
{
	answer("%s true=%d,%d,%d false=%d,%d,%d", when, !!static_branch_likely(&key_true), !!static_key_enabled(&key_true),
	       static_key_count(&key_true.key), !!static_branch_unlikely(&key_false), !!static_key_enabled(&key_false),
	       static_key_count(&key_false.key));
}

CASE(static_keys, "DEFINE_STATIC_KEY_TRUE DEFINE_STATIC_KEY_FALSE static_branch_likely static_branch_unlikely static_branch_enable"
		  " static_branch_disable static_branch_inc static_branch_dec static_key_enabled static_key_count static_key_slow_inc"
		  " static_key_slow_dec static_key_false static_key")
{
	key("fresh");
	static_branch_enable(&key_false);
	static_branch_disable(&key_true);
	key("changed");
	static_branch_enable(&key_false);
	static_branch_disable(&key_true);
	key("changed_twice");
	static_branch_disable(&key_false);
	static_branch_enable(&key_true);
	key("changed_back");
	static_branch_inc(&key_false);
	static_branch_inc(&key_false);
	static_branch_inc(&key_true);
	key("inc");
	static_branch_dec(&key_false);
	static_branch_dec(&key_true);
	key("dec");
	static_branch_dec(&key_false);
	key("dec_again");
	answer("old=%d,%d", !!static_key_false(&old_key), static_key_count(&old_key));
	static_key_slow_inc(&old_key);
	answer("old=%d,%d", !!static_key_false(&old_key), static_key_count(&old_key));
	static_key_slow_dec(&old_key);
	answer("old=%d,%d", !!static_key_false(&old_key), static_key_count(&old_key));
}

static int calls;

static void counts(int by)
{
	calls += by;
}

static int once(void)
{
	return DO_ONCE(counts, 1);
}

static int once_lite(void)
{
	return DO_ONCE_LITE(counts, 10);
}

CASE(once, "DO_ONCE DO_ONCE_LITE")
{
	int i, results[3];

	calls = 0;
	for (i = 0; i < 3; i++)
		results[i] = once();
	answer("results=%d,%d,%d calls=%d", results[0], results[1], results[2], calls);
	for (i = 0; i < 3; i++)
		results[i] = once_lite();
	answer("lite results=%d,%d,%d calls=%d", results[0], results[1], results[2], calls);
}

WARNS(warn, "WARN_ON WARN_ON_ONCE WARN WARN_ONCE")
{
	int i, results[4];

	for (i = 0; i < 4; i++)
		results[i] = WARN_ON_ONCE(i & 1);
	answer("on_once=%d,%d,%d,%d", results[0], results[1], results[2], results[3]);
	for (i = 0; i < 4; i++)
		results[i] = WARN_ONCE(i & 2, "asked\n");
	answer("once=%d,%d,%d,%d", results[0], results[1], results[2], results[3]);
	results[0] = WARN_ON(7);
	results[1] = WARN_ON(0);
	results[2] = WARN(5, "asked %d\n", 5);
	results[3] = WARN(0, "asked %d\n", 0);
	answer("on=%d,%d warn=%d,%d", results[0], results[1], results[2], results[3]);
}

static DEFINE_RATELIMIT_STATE(defined, 3600 * HZ, 3);

CASE(ratelimit, "DEFINE_RATELIMIT_STATE ratelimit_state ratelimit_state_init ratelimit_default_init ratelimit_set_flags __ratelimit"
		" RATELIMIT_MSG_ON_RELEASE DEFAULT_RATELIMIT_INTERVAL DEFAULT_RATELIMIT_BURST ratelimit_state.interval"
		" ratelimit_state.burst ratelimit_state.missed ratelimit_state.printed ratelimit_state.flags")
{
	struct ratelimit_state state;
	int i, results[5], count = 0;
	unsigned long begin;

	for (i = 0; i < 5; i++)
		results[i] = __ratelimit(&defined);
	answer("defined=%d,%d,%d,%d,%d missed=%d printed=%d", results[0], results[1], results[2], results[3], results[4], defined.missed,
	       defined.printed);
	ratelimit_default_init(&state);
	answer("default interval=%d burst=%d constants=%d,%d", state.interval, state.burst, DEFAULT_RATELIMIT_INTERVAL,
	       DEFAULT_RATELIMIT_BURST);
	for (i = 0; i < 15; i++)
		count += !!__ratelimit(&state);
	answer("default of_15=%d missed=%d", count, state.missed);
	ratelimit_state_init(&state, 0, 3);
	for (i = 0, count = 0; i < 15; i++)
		count += !!__ratelimit(&state);
	answer("no_interval of_15=%d", count);
	ratelimit_state_init(&state, 3600 * HZ, 0);
	for (i = 0, count = 0; i < 15; i++)
		count += !!__ratelimit(&state);
	answer("no_burst of_15=%d missed=%d", count, state.missed);
	/* The next interval has as many again. */
	ratelimit_state_init(&state, 3, 2);
	ratelimit_set_flags(&state, RATELIMIT_MSG_ON_RELEASE);
	answer("flags=%d", !!(state.flags & RATELIMIT_MSG_ON_RELEASE));
	begin = jiffies;
	while (begin == jiffies)
		cpu_relax();
	for (i = 0, count = 0; i < 5; i++)
		count += !!__ratelimit(&state);
	begin = jiffies;
	until(time_after(jiffies, begin + 5));
	i = !!__ratelimit(&state);
	answer("of_5=%d in_the_next=%d missed=%d", count, i, state.missed);
}

ASK_MODULE(&case_static_keys, &case_once, &case_warn, &case_ratelimit);
