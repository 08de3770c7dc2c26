// SPDX-License-Identifier: MIT OR Apache-2.0
/* RCU: what waits for readers, in which order callbacks come, and pointers that readers follow. */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

/* A reader that stays in its section until it is told to go on. It may not sleep there. */
static struct completion inside;
static atomic_t go_on;
static bool left;

static int reads(void *data)
{
	rcu_read_lock();
	rcu_read_lock();
	rcu_read_unlock();
	complete(&inside);
	while (!atomic_read(&go_on))
		cpu_relax();
	WRITE_ONCE(left, true);
	rcu_read_unlock();
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

static struct task_struct *begin_reader(void)
{
	struct task_struct *task;

	init_completion(&inside);
	atomic_set(&go_on, 0);
	WRITE_ONCE(left, false);
	task = kthread_create(reads, NULL, "reader");
	kthread_bind(task, cpumask_last(cpu_online_mask));
	wake_up_process(task);
	wait_for_completion(&inside);
	return task;
}

/* Who waits for it. */
struct waiter {
	int how;
	struct completion begun;
	struct completion ended;
	bool seen_left;
};

static void called_back(struct rcu_head *head);
static struct rcu_head barrier_head;
static bool called_after;

static int waits(void *data)
{
	struct waiter *waiter = data;

	if (waiter->how == 2)
		call_rcu(&barrier_head, called_back);
	complete(&waiter->begun);
	switch (waiter->how) {
	case 0:
		synchronize_rcu();
		break;
	case 1:
		synchronize_rcu_expedited();
		break;
	default:
		rcu_barrier();
		break;
	}
	waiter->seen_left = READ_ONCE(left);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

static void called_back(struct rcu_head *head)
{
	called_after = READ_ONCE(left);
}

CASE(waits_for_reader, "synchronize_rcu synchronize_rcu_expedited rcu_barrier call_rcu rcu_read_lock rcu_read_unlock")
{
	static const char *const names[] = { "synchronize", "expedited", "barrier" };
	static struct waiter waiter;
	struct task_struct *reader, *task;
	int how, early;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	for (how = 0; how < 3; how++) {
		waiter.how = how;
		init_completion(&waiter.begun);
		init_completion(&waiter.ended);
		/*
		 * Made before there is a reader, who keeps his cpu to himself; it goes to the other
		 * one.
		 */
		task = kthread_create(waits, &waiter, "waits");
		kthread_bind(task, 0);
		reader = begin_reader();
		wake_up_process(task);
		wait_for_completion(&waiter.begun);
		/* Time for one that does not wait. */
		schedule_timeout_uninterruptible(5);
		early = completion_done(&waiter.ended);
		atomic_set(&go_on, 1);
		wait_for_completion(&waiter.ended);
		answer("%s early=%d reader_had_left=%d", names[how], early, waiter.seen_left);
		kthread_stop(reader);
		kthread_stop(task);
	}
	answer("callback reader_had_left=%d", called_after);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

static struct {
	struct rcu_head head;
	int turn;
} called[5];
static int turn;

static void takes_turn(struct rcu_head *head)
{
	container_of(head, typeof(called[0]), head)->turn = ++turn;
}

/* One cpu's callbacks come in the order of their calls. */
CASE(order, "call_rcu rcu_barrier rcu_head")
{
	int i;

	turn = 0;
	set_cpus_allowed_ptr(current, cpumask_of(0));
	for (i = 0; i < 5; i++)
		call_rcu(&called[i].head, takes_turn);
	rcu_barrier();
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	answer("turns=%d,%d,%d,%d,%d", called[0].turn, called[1].turn, called[2].turn, called[3].turn, called[4].turn);
}

/* A callback may call again; the barrier waits for what was called before it. */
static int chained;
static struct completion chain_ended;

static void calls_again(struct rcu_head *head)
{
	if (++chained < 3)
		call_rcu(head, calls_again);
	else
		complete(&chain_ended);
}

CASE(again, "call_rcu rcu_barrier")
{
	static struct rcu_head head;

	init_completion(&chain_ended);
	chained = 0;
	call_rcu(&head, calls_again);
	rcu_barrier();
	answer("first_ran=%d", chained >= 1);
	wait_for_completion(&chain_ended);
	rcu_barrier();
	answer("chained=%d", chained);
}

struct item {
	int value;
	struct rcu_head head;
};

static struct item __rcu *shared;

CASE(pointers, "rcu_assign_pointer rcu_dereference rcu_access_pointer RCU_INIT_POINTER rcu_replace_pointer rcu_dereference_protected"
	       " rcu_dereference_raw rcu_dereference_check kfree_rcu")
{
	struct item *first = kzalloc(sizeof(*first), GFP_KERNEL), *second = kzalloc(sizeof(*second), GFP_KERNEL), *old;
	int a, b, c;

	first->value = 1;
	second->value = 2;
	answer("none=%d", !rcu_access_pointer(shared));
	rcu_assign_pointer(shared, first);
	rcu_read_lock();
	a = rcu_dereference(shared)->value;
	b = rcu_dereference_raw(shared)->value;
	c = rcu_dereference_check(shared, 1)->value;
	rcu_read_unlock();
	answer("values=%d,%d,%d", a, b, c);
	old = rcu_replace_pointer(shared, second, true);
	answer("replaced old=%d new=%d", old->value, rcu_dereference_protected(shared, 1)->value);
	kfree_rcu(old, head);
	RCU_INIT_POINTER(shared, NULL);
	answer("cleared=%d", !rcu_access_pointer(shared));
	kfree_rcu(second, head);
	rcu_barrier();
}

/* A kernel without a lock validator says that they are held, whoever asks. */
CASE(held, "rcu_read_lock_held rcu_read_lock_bh_held rcu_read_lock_sched_held rcu_read_lock_any_held")
{
	int outside, inside_it;

	outside = rcu_read_lock_held();
	rcu_read_lock();
	inside_it = rcu_read_lock_held();
	rcu_read_unlock();
	answer("outside=%d inside=%d", !!outside, !!inside_it);
	outside = rcu_read_lock_bh_held();
	rcu_read_lock_bh();
	inside_it = rcu_read_lock_bh_held();
	rcu_read_unlock_bh();
	answer("bh outside=%d inside=%d", !!outside, !!inside_it);
	outside = rcu_read_lock_sched_held();
	rcu_read_lock_sched();
	inside_it = rcu_read_lock_sched_held();
	rcu_read_unlock_sched();
	answer("sched outside=%d inside=%d", !!outside, !!inside_it);
	outside = rcu_read_lock_any_held();
	preempt_disable();
	inside_it = rcu_read_lock_any_held();
	preempt_enable();
	answer("any outside=%d preempt=%d", !!outside, !!inside_it);
}

ASK_MODULE(&case_waits_for_reader, &case_order, &case_again, &case_pointers, &case_held);
