// SPDX-License-Identifier: MIT OR Apache-2.0
/* Mutexes with priority inheritance: results, order by urgency, and what their owner is lent. */
#include "ask.h"
#include <linux/rtmutex.h>

struct waiter {
	struct rt_mutex *lock;
	int (*take)(struct rt_mutex *lock);
	int urgency;
	struct completion begun;
	struct completion ended;
	struct completion let_go;
	int returned;
	int turn;
};

static atomic_t turns;

/*
 * A kernel sets the state before it queues for the lock and lends its urgency: that is done when it
 * is off its cpu.
 */
#ifdef ASK_OURS
#define until_asleep(task, state) until_state(task, state)
#else
#define until_asleep(task, state) until(READ_ONCE((task)->__state) == (state) && !READ_ONCE((task)->on_cpu))
#endif

static int waits(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	if (waiter->urgency == 2)
		sched_set_fifo(current);
	else if (waiter->urgency == 1)
		sched_set_fifo_low(current);
	complete(&waiter->begun);
	waiter->returned = waiter->take(waiter->lock);
	waiter->turn = atomic_inc_return(&turns);
	complete(&waiter->ended);
	if (!waiter->returned) {
		wait_for_completion(&waiter->let_go);
		rt_mutex_unlock(waiter->lock);
	}
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *begin(struct waiter *waiter, struct rt_mutex *lock, int (*take)(struct rt_mutex *lock), int urgency,
				 unsigned int state)
{
	struct task_struct *task;

	waiter->lock = lock;
	waiter->take = take;
	waiter->urgency = urgency;
	init_completion(&waiter->begun);
	init_completion(&waiter->ended);
	init_completion(&waiter->let_go);
	task = ask_thread(waits, waiter);
	wait_for_completion(&waiter->begun);
	if (state)
		until_asleep(task, state);
	return task;
}

static int plain(struct rt_mutex *lock)
{
	rt_mutex_lock(lock);
	return 0;
}

static int interruptible(struct rt_mutex *lock)
{
	return rt_mutex_lock_interruptible(lock);
}

static int killable(struct rt_mutex *lock)
{
	return rt_mutex_lock_killable(lock);
}

static int tried(struct rt_mutex *lock)
{
	return rt_mutex_trylock(lock) ? 0 : 1;
}

static DEFINE_RT_MUTEX(defined);

static void state(const char *when, struct rt_mutex *lock)
{
	unsigned long owner = (unsigned long)READ_ONCE(lock->rtmutex.owner);

	answer("%s locked=%d owner=%d has_waiters=%lu", when, rt_mutex_base_is_locked(&lock->rtmutex),
	       (owner & ~1UL) == (unsigned long)current, owner & 1);
}

CASE(states, "DEFINE_RT_MUTEX rt_mutex rt_mutex_init rt_mutex_lock rt_mutex_unlock rt_mutex_trylock rt_mutex_lock_interruptible"
	     " rt_mutex_lock_killable rt_mutex_base_is_locked rt_mutex.rtmutex rt_mutex_base.owner")
{
	struct rt_mutex lock;
	int first, second, third;

	state("defined", &defined);
	rt_mutex_init(&lock);
	state("init", &lock);
	rt_mutex_lock(&lock);
	state("locked", &lock);
	first = rt_mutex_trylock(&lock);
	answer("try_by_owner=%d", first);
	rt_mutex_unlock(&lock);
	state("unlocked", &lock);
	first = rt_mutex_trylock(&lock);
	state("tried", &lock);
	rt_mutex_unlock(&lock);
	second = rt_mutex_lock_interruptible(&lock);
	rt_mutex_unlock(&lock);
	third = rt_mutex_lock_killable(&lock);
	rt_mutex_unlock(&lock);
	answer("try=%d interruptible=%d killable=%d", first, second, third);
}

CASE(waiting, "rt_mutex_lock rt_mutex_lock_interruptible rt_mutex_lock_killable rt_mutex_trylock rt_mutex_unlock")
{
	static const struct {
		const char *name;
		int (*take)(struct rt_mutex *lock);
		unsigned int state;
	} all[] = {
		{ "plain", plain, TASK_UNINTERRUPTIBLE },
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE },
		{ "killable", killable, TASK_KILLABLE },
		{ "try", tried, 0 },
	};
	static struct waiter waiter;
	struct task_struct *task;
	int i, mine;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		DEFINE_RT_MUTEX(lock);

		rt_mutex_lock(&lock);
		task = begin(&waiter, &lock, all[i].take, 0, all[i].state);
		if (!all[i].state)
			wait_for_completion(&waiter.ended);
		state(all[i].name, &lock);
		rt_mutex_unlock(&lock);
		if (all[i].state)
			wait_for_completion(&waiter.ended);
		mine = rt_mutex_trylock(&lock);
		answer("%s returned=%d try_then=%d", all[i].name, waiter.returned, mine);
		if (mine)
			rt_mutex_unlock(&lock);
		complete(&waiter.let_go);
		kthread_stop(task);
	}
}

CASE(signalled, "rt_mutex_lock_interruptible rt_mutex_lock_killable rt_mutex_lock send_sig EINTR")
{
	static const struct {
		const char *name;
		int (*take)(struct rt_mutex *lock);
		unsigned int state;
		int signal;
	} all[] = {
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE, SIGTERM },
		{ "killable", killable, TASK_KILLABLE, SIGKILL },
		{ "killable", killable, TASK_KILLABLE, SIGTERM },
		{ "plain", plain, TASK_UNINTERRUPTIBLE, SIGKILL },
	};
	static struct waiter waiter;
	struct task_struct *task;
	int i, early;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		DEFINE_RT_MUTEX(lock);

		rt_mutex_lock(&lock);
		task = begin(&waiter, &lock, all[i].take, 0, all[i].state);
		send_sig(all[i].signal, task, 1);
		if (i < 2)
			wait_for_completion(&waiter.ended);
		early = i < 2 || completion_done(&waiter.ended);
		state(all[i].name, &lock);
		rt_mutex_unlock(&lock);
		if (i >= 2)
			wait_for_completion(&waiter.ended);
		answer("%s signal=%d ended_by_it=%d eintr=%d", all[i].name, all[i].signal, early, waiter.returned == -EINTR);
		complete(&waiter.let_go);
		kthread_stop(task);
	}
}

/* The owner is as urgent as the most urgent who waits, and what it was when that is over. */
CASE(boost, "rt_mutex_lock rt_mutex_unlock rt_mutex_lock_interruptible sched_set_fifo sched_set_fifo_low task_struct.prio"
	    " task_struct.normal_prio task_struct.static_prio task_struct.policy")
{
	static struct waiter low, high;
	struct task_struct *first, *second;
	DEFINE_RT_MUTEX(lock);
	int nice = task_nice(current);

	set_user_nice(current, 0);
	rt_mutex_lock(&lock);
	answer("alone prio=%d normal_prio=%d policy=%u", current->prio, current->normal_prio, current->policy);
	first = begin(&low, &lock, plain, 1, TASK_UNINTERRUPTIBLE);
	answer("low waits prio=%d normal_prio=%d policy=%u", current->prio, current->normal_prio, current->policy);
	second = begin(&high, &lock, interruptible, 2, TASK_INTERRUPTIBLE);
	answer("high waits prio=%d normal_prio=%d static_prio=%d", current->prio, current->normal_prio, current->static_prio);
	send_sig(SIGTERM, second, 1);
	wait_for_completion(&high.ended);
	answer("high gone prio=%d eintr=%d", current->prio, high.returned == -EINTR);
	rt_mutex_unlock(&lock);
	answer("unlocked prio=%d", current->prio);
	wait_for_completion(&low.ended);
	answer("low prio=%d policy=%u", first->prio, first->policy);
	complete(&low.let_go);
	kthread_stop(first);
	kthread_stop(second);
	set_user_nice(current, nice);
}

/* Who waits for someone who waits is lent, too. */
static struct rt_mutex inner, outer;

static int takes_both(void *data)
{
	struct waiter *waiter = data;

	rt_mutex_lock(&outer);
	complete(&waiter->begun);
	rt_mutex_lock(&inner);
	rt_mutex_unlock(&inner);
	rt_mutex_unlock(&outer);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(chain, "rt_mutex_lock rt_mutex_unlock task_struct.prio")
{
	static struct waiter between, high;
	struct task_struct *first, *second;

	rt_mutex_init(&inner);
	rt_mutex_init(&outer);
	rt_mutex_lock(&inner);
	init_completion(&between.begun);
	first = ask_thread(takes_both, &between);
	wait_for_completion(&between.begun);
	until_asleep(first, TASK_UNINTERRUPTIBLE);
	answer("prio=%d between=%d", current->prio, first->prio);
	second = begin(&high, &outer, plain, 2, TASK_UNINTERRUPTIBLE);
	answer("lent prio=%d between=%d", current->prio, first->prio);
	rt_mutex_unlock(&inner);
	wait_for_completion(&high.ended);
	answer("after prio=%d between=%d", current->prio, first->prio);
	complete(&high.let_go);
	kthread_stop(first);
	kthread_stop(second);
}

/* By urgency, and of the same first come, first served. */
CASE(order, "rt_mutex_lock rt_mutex_unlock sched_set_fifo sched_set_fifo_low")
{
	static const int urgency[] = { 0, 1, 2, 0, 2 };
	static struct waiter waiters[5];
	struct task_struct *tasks[5];
	DEFINE_RT_MUTEX(lock);
	int i;

	atomic_set(&turns, 0);
	rt_mutex_lock(&lock);
	for (i = 0; i < 5; i++) {
		tasks[i] = begin(&waiters[i], &lock, plain, urgency[i], TASK_UNINTERRUPTIBLE);
		complete(&waiters[i].let_go);
	}
	rt_mutex_unlock(&lock);
	for (i = 0; i < 5; i++)
		wait_for_completion(&waiters[i].ended);
	answer("turns=%d,%d,%d,%d,%d", waiters[0].turn, waiters[1].turn, waiters[2].turn, waiters[3].turn, waiters[4].turn);
	for (i = 0; i < 5; i++)
		kthread_stop(tasks[i]);
}

/* A kernel warns, and sleeps for ever. */
OURS(own, "rt_mutex_lock_interruptible rt_mutex_lock_killable", "interruptible=-35 killable=-35")
{
	DEFINE_RT_MUTEX(lock);
	int first, second;

	rt_mutex_lock(&lock);
	first = rt_mutex_lock_interruptible(&lock);
	second = rt_mutex_lock_killable(&lock);
	answer("interruptible=%d killable=%d", first, second);
	rt_mutex_unlock(&lock);
}

ASK_MODULE(&case_states, &case_waiting, &case_signalled, &case_boost, &case_chain, &case_order, &case_own);
