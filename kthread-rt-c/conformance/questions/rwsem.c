// SPDX-License-Identifier: MIT OR Apache-2.0
/* Reader-writer semaphores: who gets in beside whom, in which order, and what ends a wait. */
#include "ask.h"
#include <linux/rwsem.h>

struct waiter {
	struct rw_semaphore *sem;
	int (*take)(struct rw_semaphore *sem);
	void (*give)(struct rw_semaphore *sem);
	struct completion begun;
	struct completion ended;
	struct completion let_go;
	struct completion gone;
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
	if (!waiter->returned) {
		wait_for_completion(&waiter->let_go);
		waiter->give(waiter->sem);
		complete(&waiter->gone);
	}
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *begin(struct waiter *waiter, struct rw_semaphore *sem, int (*take)(struct rw_semaphore *sem),
				 void (*give)(struct rw_semaphore *sem), unsigned int state)
{
	struct task_struct *task;

	waiter->sem = sem;
	waiter->take = take;
	waiter->give = give;
	init_completion(&waiter->begun);
	init_completion(&waiter->ended);
	init_completion(&waiter->let_go);
	init_completion(&waiter->gone);
	task = ask_thread(waits, waiter);
	wait_for_completion(&waiter->begun);
	if (state)
		until_state(task, state);
	else
		wait_for_completion(&waiter->ended);
	return task;
}

static int reads(struct rw_semaphore *sem)
{
	down_read(sem);
	return 0;
}

static int reads_interruptible(struct rw_semaphore *sem)
{
	return down_read_interruptible(sem);
}

static int reads_killable(struct rw_semaphore *sem)
{
	return down_read_killable(sem);
}

static int writes(struct rw_semaphore *sem)
{
	down_write(sem);
	return 0;
}

static int writes_killable(struct rw_semaphore *sem)
{
	return down_write_killable(sem);
}

static int tries_read(struct rw_semaphore *sem)
{
	return down_read_trylock(sem) ? 0 : 1;
}

static int tries_write(struct rw_semaphore *sem)
{
	return down_write_trylock(sem) ? 0 : 1;
}

static void ends_read(struct rw_semaphore *sem)
{
	up_read(sem);
}

static void ends_write(struct rw_semaphore *sem)
{
	up_write(sem);
}

/* What another task gets now, without waiting. */
static void tries(const char *when, struct rw_semaphore *sem)
{
	static struct waiter waiter;
	struct task_struct *task;
	int i, got[2];

	for (i = 0; i < 2; i++) {
		task = begin(&waiter, sem, i ? tries_write : tries_read, i ? ends_write : ends_read, 0);
		got[i] = !waiter.returned;
		if (got[i]) {
			complete(&waiter.let_go);
			wait_for_completion(&waiter.gone);
		}
		kthread_stop(task);
	}
	answer("%s locked=%d contended=%d reader_gets=%d writer_gets=%d", when, !!rwsem_is_locked(sem), !!rwsem_is_contended(sem),
	       got[0], got[1]);
}

static DECLARE_RWSEM(declared);

CASE(states, "DECLARE_RWSEM rw_semaphore init_rwsem down_read up_read down_write up_write down_read_trylock down_write_trylock"
	     " downgrade_write rwsem_is_locked rwsem_is_contended down_read_interruptible down_read_killable down_write_killable"
	     " down_read_nested down_write_nested")
{
	struct rw_semaphore sem;
	int first, second, third, fourth;

	tries("declared", &declared);
	init_rwsem(&sem);
	tries("free", &sem);
	down_read(&sem);
	tries("read", &sem);
	first = down_write_trylock(&sem);
	second = down_read_trylock(&sem);
	answer("own_read write_try=%d read_try=%d", first, second);
	up_read(&sem);
	tries("read_once_more", &sem);
	up_read(&sem);
	down_write(&sem);
	tries("write", &sem);
	first = down_write_trylock(&sem);
	second = down_read_trylock(&sem);
	answer("own_write write_try=%d read_try=%d", first, second);
	downgrade_write(&sem);
	tries("downgraded", &sem);
	up_read(&sem);
	tries("free_again", &sem);
	first = down_read_interruptible(&sem);
	up_read(&sem);
	second = down_read_killable(&sem);
	up_read(&sem);
	third = down_write_killable(&sem);
	up_write(&sem);
	down_read_nested(&sem, 1);
	up_read(&sem);
	down_write_nested(&sem, 1);
	up_write(&sem);
	fourth = down_write_trylock(&sem);
	up_write(&sem);
	answer("read_interruptible=%d read_killable=%d write_killable=%d write_try=%d", first, second, third, fourth);
}

CASE(waiting, "down_read down_write down_read_interruptible down_read_killable down_write_killable up_write up_read rwsem_is_contended")
{
	static const struct {
		const char *name;
		int (*take)(struct rw_semaphore *sem);
		void (*give)(struct rw_semaphore *sem);
		unsigned int state;
	} all[] = {
		{ "read", reads, ends_read, TASK_UNINTERRUPTIBLE },
		{ "read_interruptible", reads_interruptible, ends_read, TASK_INTERRUPTIBLE },
		{ "read_killable", reads_killable, ends_read, TASK_KILLABLE },
		{ "write", writes, ends_write, TASK_UNINTERRUPTIBLE },
		{ "write_killable", writes_killable, ends_write, TASK_KILLABLE },
	};
	static struct waiter waiter;
	struct task_struct *task;
	int i, contended;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		DECLARE_RWSEM(sem);

		down_write(&sem);
		task = begin(&waiter, &sem, all[i].take, all[i].give, all[i].state);
		contended = !!rwsem_is_contended(&sem);
		up_write(&sem);
		wait_for_completion(&waiter.ended);
		answer("%s contended=%d returned=%d", all[i].name, contended, waiter.returned);
		tries(all[i].name, &sem);
		complete(&waiter.let_go);
		wait_for_completion(&waiter.gone);
		kthread_stop(task);
	}
}

CASE(signalled, "down_read_interruptible down_read_killable down_write_killable down_read down_write send_sig EINTR")
{
	static const struct {
		const char *name;
		int (*take)(struct rw_semaphore *sem);
		void (*give)(struct rw_semaphore *sem);
		unsigned int state;
		int signal;
	} all[] = {
		{ "read_interruptible", reads_interruptible, ends_read, TASK_INTERRUPTIBLE, SIGTERM },
		{ "read_interruptible", reads_interruptible, ends_read, TASK_INTERRUPTIBLE, SIGKILL },
		{ "read_killable", reads_killable, ends_read, TASK_KILLABLE, SIGKILL },
		{ "write_killable", writes_killable, ends_write, TASK_KILLABLE, SIGKILL },
		{ "read_killable", reads_killable, ends_read, TASK_KILLABLE, SIGTERM },
		{ "write_killable", writes_killable, ends_write, TASK_KILLABLE, SIGTERM },
		{ "read", reads, ends_read, TASK_UNINTERRUPTIBLE, SIGKILL },
		{ "write", writes, ends_write, TASK_UNINTERRUPTIBLE, SIGKILL },
	};
	static struct waiter waiter;
	struct task_struct *task;
	int i, ends, early;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		DECLARE_RWSEM(sem);

		ends = i < 4;
		down_write(&sem);
		task = begin(&waiter, &sem, all[i].take, all[i].give, all[i].state);
		send_sig(all[i].signal, task, 1);
		if (ends)
			wait_for_completion(&waiter.ended);
		early = ends || completion_done(&waiter.ended);
		up_write(&sem);
		if (!ends)
			wait_for_completion(&waiter.ended);
		answer("%s signal=%d ended_by_it=%d eintr=%d", all[i].name, all[i].signal, early, waiter.returned == -EINTR);
		if (!ends) {
			complete(&waiter.let_go);
			wait_for_completion(&waiter.gone);
		}
		tries("after", &sem);
		kthread_stop(task);
	}
}

/* A writer waits for readers, and those who come later wait behind it. */
CASE(behind_writer, "down_read down_write down_read_trylock up_read up_write rwsem_is_contended")
{
	static struct waiter writer, reader;
	struct task_struct *first, *second;
	DECLARE_RWSEM(sem);

	atomic_set(&turns, 0);
	down_read(&sem);
	first = begin(&writer, &sem, writes, ends_write, TASK_UNINTERRUPTIBLE);
	tries("writer_waits", &sem);
	atomic_set(&turns, 0);
	second = begin(&reader, &sem, reads, ends_read, TASK_UNINTERRUPTIBLE);
	answer("reader_got_in=%d writer_got_in=%d", completion_done(&reader.ended), completion_done(&writer.ended));
	up_read(&sem);
	wait_for_completion(&writer.ended);
	answer("writer_in reader_got_in=%d", completion_done(&reader.ended));
	complete(&writer.let_go);
	wait_for_completion(&reader.ended);
	complete(&reader.let_go);
	wait_for_completion(&reader.gone);
	answer("turns writer=%d reader=%d", writer.turn, reader.turn);
	tries("after", &sem);
	kthread_stop(first);
	kthread_stop(second);
}

/* Readers wait behind a writer that leaves for a signal: it lets them in. */
CASE(writer_leaves, "down_write_killable down_read")
{
	static struct waiter writer, reader;
	struct task_struct *first, *second;
	DECLARE_RWSEM(sem);

	down_read(&sem);
	first = begin(&writer, &sem, writes_killable, ends_write, TASK_KILLABLE);
	second = begin(&reader, &sem, reads, ends_read, TASK_UNINTERRUPTIBLE);
	send_sig(SIGKILL, first, 1);
	wait_for_completion(&writer.ended);
	wait_for_completion(&reader.ended);
	answer("writer_eintr=%d reader=%d", writer.returned == -EINTR, reader.returned);
	tries("beside", &sem);
	up_read(&sem);
	complete(&reader.let_go);
	wait_for_completion(&reader.gone);
	tries("after", &sem);
	kthread_stop(first);
	kthread_stop(second);
}

/*
 * Behind a writer wait readers, a writer, and a reader. All readers are let in at once, past the
 * writer; or those before it alone.
 */
CASE(together, "down_read down_write up_write downgrade_write")
{
	static struct waiter waiters[4];
	struct task_struct *tasks[4];
	DECLARE_RWSEM(sem);
	int i, downgrade;

	for (downgrade = 0; downgrade < 2; downgrade++) {
		atomic_set(&turns, 0);
		down_write(&sem);
		for (i = 0; i < 4; i++)
			tasks[i] = begin(&waiters[i], &sem, i == 2 ? writes : reads, i == 2 ? ends_write : ends_read, TASK_UNINTERRUPTIBLE);
		if (downgrade)
			downgrade_write(&sem);
		else
			up_write(&sem);
		wait_for_completion(&waiters[0].ended);
		wait_for_completion(&waiters[1].ended);
		until_settled(&waiters[3].ended, tasks[3], TASK_UNINTERRUPTIBLE);
		answer("downgrade=%d readers=1,1 writer=%d last_reader=%d", downgrade, completion_done(&waiters[2].ended),
		       completion_done(&waiters[3].ended));
		if (downgrade)
			up_read(&sem);
		complete(&waiters[0].let_go);
		complete(&waiters[1].let_go);
		complete(&waiters[3].let_go);
		wait_for_completion(&waiters[2].ended);
		answer("downgrade=%d writer_turn=%d", downgrade, waiters[2].turn);
		complete(&waiters[2].let_go);
		for (i = 0; i < 4; i++) {
			wait_for_completion(&waiters[i].gone);
			kthread_stop(tasks[i]);
		}
	}
}

ASK_MODULE(&case_states, &case_waiting, &case_signalled, &case_behind_writer, &case_writer_leaves, &case_together);
