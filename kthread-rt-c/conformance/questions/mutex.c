// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Mutexes: who gets them, in which order, what ends a wait for one, and what is seen of their
 * state.
 */
#include "ask.h"
#include <linux/mutex.h>

struct waiter {
	struct mutex *lock;
	int (*take)(struct mutex *lock);
	struct completion begun;
	struct completion ended;
	struct completion let_go;
	int returned;
	int turn;
	int pending;
	bool locks;
};

static atomic_t turns;

static int waits(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	complete(&waiter->begun);
	waiter->returned = waiter->take(waiter->lock);
	waiter->turn = atomic_inc_return(&turns);
	waiter->pending = signal_pending(current);
	complete(&waiter->ended);
	if (!waiter->returned && waiter->locks) {
		wait_for_completion(&waiter->let_go);
		mutex_unlock(waiter->lock);
	}
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *begin(struct waiter *waiter, struct mutex *lock, int (*take)(struct mutex *lock), unsigned int state)
{
	struct task_struct *task;

	waiter->lock = lock;
	waiter->take = take;
	waiter->locks = true;
	init_completion(&waiter->begun);
	init_completion(&waiter->ended);
	init_completion(&waiter->let_go);
	task = ask_thread(waits, waiter);
	wait_for_completion(&waiter->begun);
	if (state)
		until_state(task, state);
	return task;
}

static int plain(struct mutex *lock)
{
	mutex_lock(lock);
	return 0;
}

static int io(struct mutex *lock)
{
	mutex_lock_io(lock);
	return 0;
}

static int interruptible(struct mutex *lock)
{
	return mutex_lock_interruptible(lock);
}

static int killable(struct mutex *lock)
{
	return mutex_lock_killable(lock);
}

static int tried(struct mutex *lock)
{
	return mutex_trylock(lock) ? 0 : 1;
}

static DEFINE_MUTEX(defined);

static void state(const char *when, struct mutex *lock)
{
	unsigned long owner = atomic_long_read(&lock->owner);

	answer("%s locked=%d owner=%d flags=%lu waiters=%d", when, mutex_is_locked(lock), (owner & ~7UL) == (unsigned long)current,
	       owner & 7, !list_empty(&lock->wait_list));
}

CASE(states, "DEFINE_MUTEX mutex mutex_init mutex_lock mutex_unlock mutex_trylock mutex_is_locked mutex_lock_interruptible"
	     " mutex_lock_killable mutex_lock_io mutex_lock_nested mutex_lock_interruptible_nested mutex.owner mutex.wait_list")
{
	struct mutex lock;
	int got, interruptibly, killably, nested;

	state("defined", &defined);
	mutex_init(&lock);
	state("init", &lock);
	mutex_lock(&lock);
	state("locked", &lock);
	got = mutex_trylock(&lock);
	answer("try_by_owner=%d", got);
	mutex_unlock(&lock);
	state("unlocked", &lock);
	got = mutex_trylock(&lock);
	state("tried", &lock);
	mutex_unlock(&lock);
	interruptibly = mutex_lock_interruptible(&lock);
	mutex_unlock(&lock);
	killably = mutex_lock_killable(&lock);
	mutex_unlock(&lock);
	mutex_lock_io(&lock);
	mutex_unlock(&lock);
	mutex_lock_nested(&lock, 1);
	mutex_unlock(&lock);
	nested = mutex_lock_interruptible_nested(&lock, 1);
	mutex_unlock(&lock);
	answer("try=%d interruptible=%d killable=%d nested=%d", got, interruptibly, killably, nested);
	mutex_destroy(&lock);
}

/* Who waits, sleeps in this state, and gets it when it is let go. */
CASE(waiting, "mutex_lock mutex_lock_interruptible mutex_lock_killable mutex_lock_io mutex_trylock mutex_unlock TASK_KILLABLE")
{
	static const struct {
		const char *name;
		int (*take)(struct mutex *lock);
		unsigned int state;
	} all[] = {
		{ "plain", plain, TASK_UNINTERRUPTIBLE },
		{ "io", io, TASK_UNINTERRUPTIBLE },
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE },
		{ "killable", killable, TASK_KILLABLE },
		{ "try", tried, 0 },
	};
	static struct waiter waiter;
	struct task_struct *task;
	int i, mine;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		DEFINE_MUTEX(lock);

		mutex_lock(&lock);
		task = begin(&waiter, &lock, all[i].take, all[i].state);
		if (!all[i].state)
			wait_for_completion(&waiter.ended);
		state(all[i].name, &lock);
		mutex_unlock(&lock);
		if (all[i].state)
			wait_for_completion(&waiter.ended);
		mine = mutex_trylock(&lock);
		answer("%s returned=%d try_then=%d", all[i].name, waiter.returned, mine);
		if (mine)
			mutex_unlock(&lock);
		complete(&waiter.let_go);
		kthread_stop(task);
	}
}

CASE(signalled, "mutex_lock_interruptible mutex_lock_killable send_sig EINTR")
{
	static const struct {
		const char *name;
		int (*take)(struct mutex *lock);
		unsigned int state;
		int signal;
	} all[] = {
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE, SIGTERM },
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE, SIGKILL },
		{ "killable", killable, TASK_KILLABLE, SIGKILL },
	};
	static struct waiter waiter;
	struct task_struct *task;
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		DEFINE_MUTEX(lock);

		mutex_lock(&lock);
		task = begin(&waiter, &lock, all[i].take, all[i].state);
		send_sig(all[i].signal, task, 1);
		wait_for_completion(&waiter.ended);
		answer("%s signal=%d eintr=%d pending=%d", all[i].name, all[i].signal, waiter.returned == -EINTR, waiter.pending);
		state(all[i].name, &lock);
		mutex_unlock(&lock);
		state("unlocked", &lock);
		kthread_stop(task);
	}
}

CASE(not_signalled, "mutex_lock mutex_lock_killable send_sig")
{
	static struct waiter waiter;
	struct task_struct *task;
	int i;

	for (i = 0; i < 2; i++) {
		DEFINE_MUTEX(lock);

		mutex_lock(&lock);
		task = begin(&waiter, &lock, i ? killable : plain, i ? TASK_KILLABLE : TASK_UNINTERRUPTIBLE);
		send_sig(SIGTERM, task, 1);
		answer("killable=%d ended=%d", i, completion_done(&waiter.ended));
		mutex_unlock(&lock);
		wait_for_completion(&waiter.ended);
		answer("killable=%d returned=%d pending=%d", i, waiter.returned, waiter.pending);
		complete(&waiter.let_go);
		kthread_stop(task);
	}
}

/* A signal that is there already does not matter if there is no wait. */
static int signalled_before(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	waiter->returned = mutex_lock_interruptible(waiter->lock);
	if (!waiter->returned)
		mutex_unlock(waiter->lock);
	waiter->turn = mutex_lock_killable(waiter->lock);
	if (!waiter->turn)
		mutex_unlock(waiter->lock);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(signal_before, "mutex_lock_interruptible mutex_lock_killable")
{
	static struct waiter waiter;
	struct task_struct *task;
	int i;

	for (i = 0; i < 2; i++) {
		DEFINE_MUTEX(lock);

		waiter.lock = &lock;
		init_completion(&waiter.ended);
		if (i)
			mutex_lock(&lock);
		task = ask_thread(signalled_before, &waiter);
		wait_for_completion(&waiter.ended);
		if (i)
			mutex_unlock(&lock);
		answer("contended=%d interruptible=%d killable=%d", i, waiter.returned, waiter.turn);
		kthread_stop(task);
	}
}

/* First come, first served; who leaves for a signal is left out. */
CASE(order, "mutex_lock mutex_unlock mutex_lock_interruptible")
{
	static struct waiter waiters[4];
	struct task_struct *tasks[4];
	DEFINE_MUTEX(lock);
	int i;

	atomic_set(&turns, 0);
	mutex_lock(&lock);
	for (i = 0; i < 4; i++)
		tasks[i] = begin(&waiters[i], &lock, i == 1 ? interruptible : plain, i == 1 ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
	send_sig(SIGTERM, tasks[1], 1);
	wait_for_completion(&waiters[1].ended);
	mutex_unlock(&lock);
	for (i = 0; i < 4; i++) {
		if (i == 1)
			continue;
		wait_for_completion(&waiters[i].ended);
		answer("i=%d turn=%d waiters=%d", i, waiters[i].turn, !list_empty(&lock.wait_list));
		complete(&waiters[i].let_go);
	}
	for (i = 0; i < 4; i++)
		kthread_stop(tasks[i]);
	answer("left=%d locked=%d", waiters[1].turn, mutex_is_locked(&lock));
}

CASE(dec_and_lock, "atomic_dec_and_mutex_lock")
{
	atomic_t count = ATOMIC_INIT(2);
	DEFINE_MUTEX(lock);
	int first, second;

	first = atomic_dec_and_mutex_lock(&count, &lock);
	answer("first=%d count=%d locked=%d", first, atomic_read(&count), mutex_is_locked(&lock));
	second = atomic_dec_and_mutex_lock(&count, &lock);
	answer("second=%d count=%d locked=%d", second, atomic_read(&count), mutex_is_locked(&lock));
	mutex_unlock(&lock);
}

ASK_MODULE(&case_states, &case_waiting, &case_signalled, &case_not_signalled, &case_signal_before, &case_order, &case_dec_and_lock);
