// SPDX-License-Identifier: MIT OR Apache-2.0
/* Semaphores whose readers are counted on each cpu: who gets in beside whom. */
#include "ask.h"
#include <linux/percpu-rwsem.h>

DEFINE_STATIC_PERCPU_RWSEM(defined);

struct waiter {
	struct percpu_rw_semaphore *sem;
	int how;
	struct completion begun;
	struct completion ended;
	struct completion let_go;
	struct completion gone;
	int got;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	complete(&waiter->begun);
	switch (waiter->how) {
	case 0:
		waiter->got = percpu_down_read_trylock(waiter->sem);
		break;
	case 1:
		percpu_down_read(waiter->sem);
		waiter->got = 1;
		break;
	default:
		percpu_down_write(waiter->sem);
		waiter->got = 2;
		break;
	}
	complete(&waiter->ended);
	wait_for_completion(&waiter->let_go);
	if (waiter->got == 1)
		percpu_up_read(waiter->sem);
	else if (waiter->got == 2)
		percpu_up_write(waiter->sem);
	complete(&waiter->gone);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *begin(struct waiter *waiter, struct percpu_rw_semaphore *sem, int how, bool sleeps)
{
	struct task_struct *task;

	waiter->sem = sem;
	waiter->how = how;
	init_completion(&waiter->begun);
	init_completion(&waiter->ended);
	init_completion(&waiter->let_go);
	init_completion(&waiter->gone);
	task = ask_thread(waits, waiter);
	wait_for_completion(&waiter->begun);
	if (sleeps)
		until_state(task, TASK_UNINTERRUPTIBLE);
	else
		wait_for_completion(&waiter->ended);
	return task;
}

static void end(struct waiter *waiter, struct task_struct *task)
{
	complete(&waiter->let_go);
	wait_for_completion(&waiter->gone);
	kthread_stop(task);
}

static void tries(const char *when, struct percpu_rw_semaphore *sem)
{
	static struct waiter waiter;
	int read = percpu_is_read_locked(sem), write = percpu_is_write_locked(sem);
	struct task_struct *task = begin(&waiter, sem, 0, false);

	answer("%s read_locked=%d write_locked=%d reader_gets=%d", when, read, write, waiter.got);
	end(&waiter, task);
}

CASE(states, "percpu_rw_semaphore DEFINE_STATIC_PERCPU_RWSEM percpu_init_rwsem percpu_free_rwsem percpu_down_read percpu_up_read"
	     " percpu_down_read_trylock percpu_down_write percpu_up_write percpu_is_read_locked percpu_is_write_locked")
{
	static struct percpu_rw_semaphore sem;
	int made = percpu_init_rwsem(&sem);
	int got;

	answer("made=%d", made);
	tries("defined", &defined);
	tries("free", &sem);
	percpu_down_read(&sem);
	tries("read", &sem);
	got = percpu_down_read_trylock(&sem);
	tries("read_twice", &sem);
	percpu_up_read(&sem);
	percpu_up_read(&sem);
	answer("try=%d", got);
	tries("read_no_more", &sem);
	percpu_down_write(&sem);
	tries("write", &sem);
	got = percpu_down_read_trylock(&sem);
	answer("own_write try=%d", got);
	percpu_up_write(&sem);
	tries("free_again", &sem);
	percpu_free_rwsem(&sem);
}

/*
 * A reader would get in: a writer that begins waits for a grace period first, which changes nothing
 * for readers.
 */
static bool open_for_readers(struct percpu_rw_semaphore *sem)
{
	if (!percpu_down_read_trylock(sem))
		return false;
	percpu_up_read(sem);
	return true;
}

CASE(waits, "percpu_down_read percpu_down_write percpu_up_read percpu_up_write percpu_down_read_trylock")
{
	static struct waiter writer, reader;
	struct task_struct *first, *second;

	/* A writer waits for the reader, and a reader that comes then waits for the writer. */
	percpu_down_read(&defined);
	first = begin(&writer, &defined, 2, true);
	until(!open_for_readers(&defined));
	second = begin(&reader, &defined, 1, true);
	answer("writer_got_in=%d reader_got_in=%d", completion_done(&writer.ended), completion_done(&reader.ended));
	tries("writer_waits", &defined);
	percpu_up_read(&defined);
	wait_for_completion(&writer.ended);
	answer("writer_in reader_got_in=%d", completion_done(&reader.ended));
	end(&writer, first);
	wait_for_completion(&reader.ended);
	tries("reader_in", &defined);
	end(&reader, second);
	/* Two writers, one after the other. */
	percpu_down_write(&defined);
	first = begin(&writer, &defined, 2, true);
	answer("second_writer_got_in=%d", completion_done(&writer.ended));
	percpu_up_write(&defined);
	wait_for_completion(&writer.ended);
	end(&writer, first);
	tries("after", &defined);
}

ASK_MODULE(&case_states, &case_waits);
