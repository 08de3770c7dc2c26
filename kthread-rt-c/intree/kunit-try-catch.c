// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A suite of KUnit that looks at try-catch.c from outside: what happens to a try that returns,
 * throws, takes too long, can't be started, or runs beside others. The one that takes too long is
 * run by a second copy, whose five minutes are a second.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "try-catch-impl.h"

#undef MSEC_PER_SEC
#define MSEC_PER_SEC 3L
#define kunit_try_catch_run hurried_try_catch_run
#define kunit_try_catch_throw hurried_try_catch_throw
void hurried_try_catch_run(struct kunit_try_catch *try_catch, void *context);
void hurried_try_catch_throw(struct kunit_try_catch *try_catch);
#include "try-catch.c"
#undef kunit_try_catch_run
#undef kunit_try_catch_throw

/* What a try did, and whether it was caught. */
struct told {
	struct kunit_try_catch *it;
	struct task_struct *task;
	int tried, caught, behind, depth;
	bool stopped;
};

static void returns(void *context)
{
	struct told *told = context;

	told->tried++;
	told->task = current;
	get_task_struct(current);
}

static noinline void deeper(struct told *told, int depth)
{
	if (depth == 0) {
		told->tried++;
		if (told->it)
			kunit_try_catch_throw(told->it);
		return;
	}
	told->depth++;
	deeper(told, depth - 1);
	told->behind++;
}

static void throws(void *context)
{
	deeper(context, 50);
}

static void takes_too_long(void *context)
{
	struct told *told = context;

	told->tried++;
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	told->stopped = true;
}

static void catch_it(void *context)
{
	((struct told *)context)->caught++;
}

static void a_try_that_returns_is_not_caught(struct kunit *test)
{
	struct kunit_try_catch it = {};
	struct told told = { &it };

	kunit_try_catch_init(&it, test, returns, catch_it);
	kunit_try_catch_run(&it, &told);
	KUNIT_EXPECT_EQ(test, told.tried, 1);
	KUNIT_EXPECT_EQ(test, told.caught, 0);
	KUNIT_EXPECT_EQ(test, kunit_try_catch_get_result(&it), 0);
	/* On a kthread of its own, which has gone or is about to. */
	KUNIT_EXPECT_PTR_NE(test, told.task, current);
	KUNIT_EXPECT_STREQ(test, told.task->comm, "kunit_try_catch");
	KUNIT_EXPECT_TRUE(test, told.task->flags & PF_KTHREAD);
	/* It exited with 0: the value for who stops it. */
	KUNIT_EXPECT_EQ(test, kthread_stop(told.task), 0);
	put_task_struct(told.task);
}

static void a_throw_leaves_all_frames_and_is_caught(struct kunit *test)
{
	struct kunit_try_catch it = {};
	struct told told = { &it };

	kunit_try_catch_init(&it, test, throws, catch_it);
	kunit_try_catch_run(&it, &told);
	KUNIT_EXPECT_EQ(test, told.tried, 1);
	KUNIT_EXPECT_EQ(test, told.depth, 50);
	KUNIT_EXPECT_EQ(test, told.behind, 0);
	KUNIT_EXPECT_EQ(test, told.caught, 1);
	/* -EFAULT is what it threw, and is taken back. */
	KUNIT_EXPECT_EQ(test, kunit_try_catch_get_result(&it), 0);
}

static void a_try_that_takes_too_long_is_stopped_and_caught(struct kunit *test)
{
	struct kunit_try_catch it = {};
	struct told told = { &it };

	kunit_try_catch_init(&it, test, takes_too_long, catch_it);
	hurried_try_catch_run(&it, &told);
	KUNIT_EXPECT_EQ(test, told.tried, 1);
	KUNIT_EXPECT_TRUE(test, told.stopped);
	KUNIT_EXPECT_EQ(test, told.caught, 1);
	KUNIT_EXPECT_EQ(test, kunit_try_catch_get_result(&it), -ETIMEDOUT);
}

static struct told killed_told;
static DECLARE_COMPLETION(killed_done);

/* Somebody who is being killed gets no thread. */
static int killed(void *data)
{
	struct kunit_try_catch it = {};

	killed_told.it = &it;
	kunit_try_catch_init(&it, data, returns, catch_it);
	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	kunit_try_catch_run(&it, &killed_told);
	flush_signals(current);
	complete(&killed_done);
	return kunit_try_catch_get_result(&it);
}

static void a_try_that_can_not_be_started_is_caught(struct kunit *test)
{
	struct task_struct *task = kthread_run(killed, test, "killed");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	wait_for_completion(&killed_done);
	KUNIT_EXPECT_EQ(test, killed_told.tried, 0);
	KUNIT_EXPECT_EQ(test, killed_told.caught, 1);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 0);
}

/* A try in a try: each throw ends its own. */
static void outer(void *context)
{
	struct told *told = context, inner_told = {};
	struct kunit_try_catch inner = {};

	inner_told.it = &inner;
	kunit_try_catch_init(&inner, told->it->test, throws, catch_it);
	kunit_try_catch_run(&inner, &inner_told);
	told->tried += inner_told.tried;
	told->caught += 10 * inner_told.caught;
	kunit_try_catch_throw(told->it);
}

static void a_throw_ends_its_own_try_only(struct kunit *test)
{
	struct kunit_try_catch it = {};
	struct told told = { &it };

	kunit_try_catch_init(&it, test, outer, catch_it);
	kunit_try_catch_run(&it, &told);
	KUNIT_EXPECT_EQ(test, told.tried, 1);
	KUNIT_EXPECT_EQ(test, told.caught, 11);
}

#define CALLERS 4
#define ROUNDS 50

static int many(void *data)
{
	struct told told = {};
	int round;

	for (round = 0; round < ROUNDS; round++) {
		struct kunit_try_catch it = {};

		told.it = &it;
		kunit_try_catch_init(&it, data, throws, catch_it);
		kunit_try_catch_run(&it, &told);
	}
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return told.caught;
}

static void tries_run_beside_each_other(struct kunit *test)
{
	struct task_struct *tasks[CALLERS];
	int i, caught = 0;

	for (i = 0; i < CALLERS; i++) {
		tasks[i] = kthread_run(many, test, "caller/%d", i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tasks[i]);
	}
	for (i = 0; i < CALLERS; i++) {
		wait_task_inactive(tasks[i], 0);
		caught += kthread_stop(tasks[i]);
	}
	KUNIT_EXPECT_EQ(test, caught, CALLERS * ROUNDS);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_try_that_returns_is_not_caught),
	KUNIT_CASE(a_throw_leaves_all_frames_and_is_caught),
	KUNIT_CASE(a_try_that_takes_too_long_is_stopped_and_caught),
	KUNIT_CASE(a_try_that_can_not_be_started_is_caught),
	KUNIT_CASE(a_throw_ends_its_own_try_only),
	KUNIT_CASE(tries_run_beside_each_other),
	{}
};

static struct kunit_suite suite = {
	.name = "try_catch",
	.test_cases = cases,
};
kunit_test_suite(suite);
