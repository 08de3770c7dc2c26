// SPDX-License-Identifier: MIT OR Apache-2.0
/* Semaphores: the count, who waits for it, in which order, and what ends a wait. */
#include "ask.h"
#include <linux/semaphore.h>

struct waiter {
	struct semaphore *sem;
	int (*take)(struct semaphore *sem);
	struct completion begun;
	struct completion ended;
	int returned;
	int turn;
};

static atomic_t turns;

static int waits(void *data)
{
	struct waiter *waiter = data;

	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	complete(&waiter->begun);
	waiter->returned = waiter->take(waiter->sem);
	waiter->turn = atomic_inc_return(&turns);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *begin(struct waiter *waiter, struct semaphore *sem, int (*take)(struct semaphore *sem),
				 unsigned int state)
{
	struct task_struct *task;

	waiter->sem = sem;
	waiter->take = take;
	init_completion(&waiter->begun);
	init_completion(&waiter->ended);
	task = ask_thread(waits, waiter);
	wait_for_completion(&waiter->begun);
	until_state(task, state);
	return task;
}

static int plain(struct semaphore *sem)
{
	down(sem);
	return 0;
}

static int interruptible(struct semaphore *sem)
{
	return down_interruptible(sem);
}

static int killable(struct semaphore *sem)
{
	return down_killable(sem);
}

static int timeout(struct semaphore *sem)
{
	return down_timeout(sem, MAX_SCHEDULE_TIMEOUT);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
static DEFINE_SEMAPHORE(defined, 1);
#else
static DEFINE_SEMAPHORE(defined);
#endif

CASE(counts, "DEFINE_SEMAPHORE semaphore sema_init semaphore.count down down_interruptible down_killable down_trylock down_timeout up")
{
	struct semaphore sem;
	int first, second, third, fourth;

	answer("defined count=%u", defined.count);
	sema_init(&sem, 5);
	answer("init count=%u", sem.count);
	down(&sem);
	first = down_interruptible(&sem);
	second = down_killable(&sem);
	third = down_timeout(&sem, 0);
	fourth = down_trylock(&sem);
	answer("interruptible=%d killable=%d timeout=%d try=%d count=%u", first, second, third, fourth, sem.count);
	first = down_trylock(&sem);
	second = down_timeout(&sem, 0);
	third = down_timeout(&sem, 2);
	answer("none try=%d timeout_0=%d timeout_2=%d count=%u", first, second, third, sem.count);
	up(&sem);
	up(&sem);
	answer("up count=%u", sem.count);
	first = down_trylock(&sem);
	answer("try=%d count=%u", first, sem.count);
	sema_init(&sem, 0);
	up(&sem);
	answer("from_none count=%u", sem.count);
}

CASE(timed_out, "down_timeout ETIME")
{
	struct semaphore sem;
	unsigned long begin = jiffies;
	int result;

	sema_init(&sem, 0);
	result = down_timeout(&sem, 3);
	answer("etime=%d at_least_3=%d count=%u", result == -ETIME, jiffies - begin >= 3, sem.count);
	up(&sem);
	result = down_timeout(&sem, 3);
	answer("result=%d count=%u", result, sem.count);
}

CASE(waiting, "down down_interruptible down_killable down_timeout up TASK_KILLABLE semaphore.count")
{
	static const struct {
		const char *name;
		int (*take)(struct semaphore *sem);
		unsigned int state;
	} all[] = {
		{ "plain", plain, TASK_UNINTERRUPTIBLE },
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE },
		{ "killable", killable, TASK_KILLABLE },
		{ "timeout", timeout, TASK_UNINTERRUPTIBLE },
	};
	static struct waiter waiter;
	struct task_struct *task;
	struct semaphore sem;
	int i, count, tried;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		sema_init(&sem, 0);
		task = begin(&waiter, &sem, all[i].take, all[i].state);
		tried = down_trylock(&sem);
		up(&sem);
		/* It is the waiter's already: nobody else gets it. */
		count = sem.count;
		tried += 10 * down_trylock(&sem);
		wait_for_completion(&waiter.ended);
		answer("%s returned=%d count=%d tries=%d", all[i].name, waiter.returned, count, tried);
		kthread_stop(task);
	}
}

CASE(signalled, "down_interruptible down_killable down down_timeout send_sig EINTR")
{
	static const struct {
		const char *name;
		int (*take)(struct semaphore *sem);
		unsigned int state;
		int signal;
	} all[] = {
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE, SIGTERM },
		{ "interruptible", interruptible, TASK_INTERRUPTIBLE, SIGKILL },
		{ "killable", killable, TASK_KILLABLE, SIGKILL },
		{ "killable", killable, TASK_KILLABLE, SIGTERM },
		{ "plain", plain, TASK_UNINTERRUPTIBLE, SIGKILL },
		{ "timeout", timeout, TASK_UNINTERRUPTIBLE, SIGKILL },
	};
	static struct waiter waiter;
	struct task_struct *task;
	struct semaphore sem;
	int i, ends, early;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		ends = i < 3;
		sema_init(&sem, 0);
		task = begin(&waiter, &sem, all[i].take, all[i].state);
		send_sig(all[i].signal, task, 1);
		if (ends)
			wait_for_completion(&waiter.ended);
		early = ends || completion_done(&waiter.ended);
		up(&sem);
		if (!ends)
			wait_for_completion(&waiter.ended);
		answer("%s signal=%d ended_by_it=%d eintr=%d count=%u", all[i].name, all[i].signal, early, waiter.returned == -EINTR,
		       sem.count);
		kthread_stop(task);
	}
}

CASE(order, "down up semaphore.count")
{
	static struct waiter waiters[3];
	struct task_struct *tasks[3];
	struct semaphore sem;
	int i;

	atomic_set(&turns, 0);
	sema_init(&sem, 0);
	for (i = 0; i < 3; i++)
		tasks[i] = begin(&waiters[i], &sem, plain, TASK_UNINTERRUPTIBLE);
	for (i = 0; i < 3; i++) {
		up(&sem);
		wait_for_completion(&waiters[i].ended);
		answer("i=%d turn=%d count=%u", i, waiters[i].turn, sem.count);
	}
	for (i = 0; i < 3; i++)
		kthread_stop(tasks[i]);
}

ASK_MODULE(&case_counts, &case_timed_out, &case_waiting, &case_signalled, &case_order);
