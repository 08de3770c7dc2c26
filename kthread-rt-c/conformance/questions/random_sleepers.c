// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Random sleepers: threads wait in random ways for one queue, semaphore, completion or lock; random
 * wake-ups and signals come, each after the last one has had its effect. Told is who goes on, with
 * what, and so in which order. Nothing depends on how fast anybody is: a thread sleeps again or has
 * reported before the next thing happens.
 */
#include "random.h"
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>
#include <linux/signal.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

enum { SLEEPERS = 5, KINDS = 8 };

struct sleeper {
	struct task_struct *task;
	struct completion turn;
	int number, kind, result;
	bool busy, told;
	long (*wait)(struct sleeper *sleeper);
};

static struct sleeper sleepers[SLEEPERS];
/* By kind: whether each signal ends such a wait (i), one that kills (k), or none (-). */
static const char *ended_by;
static char said[700];

#define say(format, ...) snprintf(said + strlen(said), sizeof(said) - strlen(said), " " format, ##__VA_ARGS__)

static int sleeps(void *data)
{
	struct sleeper *sleeper = data;

	allow_signal(SIGUSR1);
	allow_signal(SIGKILL);
	for (;;) {
		wait_for_completion(&sleeper->turn);
		if (sleeper->kind < 0) {
			while (!kthread_should_stop())
				schedule_timeout_uninterruptible(1);
			return 0;
		}
		sleeper->result = sleeper->wait(sleeper);
		flush_signals(current);
		smp_store_release(&sleeper->busy, false);
	}
}

static bool begin(unsigned int round, long (*wait)(struct sleeper *sleeper), const char *by_kind)
{
	int i;

	ended_by = by_kind;
	random_begin(round);
	said[0] = '\0';
	for (i = 0; i < SLEEPERS; i++) {
		memset(&sleepers[i], 0, sizeof(sleepers[i]));
		init_completion(&sleepers[i].turn);
		sleepers[i].number = i;
		sleepers[i].told = true;
		sleepers[i].wait = wait;
		sleepers[i].task = ask_thread(sleeps, &sleepers[i]);
		if (!sleepers[i].task)
			return false;
	}
	return true;
}

/* True if it has reported, or sleeps and has looked at all that happened: it is on no cpu. */
static bool is_settled(struct sleeper *sleeper)
{
	/* Who is being woken is in neither of these states. */
	return !smp_load_acquire(&sleeper->busy) ||
	       (READ_ONCE(sleeper->task->__state) & TASK_NORMAL && ask_is_off(sleeper->task));
}

/* Everybody sleeps, or has reported: what those did who reported since the last time is told. */
static void settle(void)
{
	int i;

	for (i = 0; i < SLEEPERS; i++) {
		struct sleeper *sleeper = &sleepers[i];

		until(is_settled(sleeper));
		if (!sleeper->busy && !sleeper->told) {
			say("%d=%d", i, sleeper->result);
			sleeper->told = true;
		}
	}
}

/* Everybody reports, as each who goes on lets the next one go on. */
static void all_report(void)
{
	int i;

	for (i = 0; i < SLEEPERS; i++)
		until(!smp_load_acquire(&sleepers[i].busy));
	settle();
}

static void go(struct sleeper *sleeper)
{
	sleeper->kind = random_below(KINDS);
	sleeper->told = false;
	sleeper->busy = true;
	say("%d/%d", sleeper->number, sleeper->kind);
	complete(&sleeper->turn);
	settle();
}

static void end(void)
{
	int i;

	for (i = 0; i < SLEEPERS; i++) {
		sleepers[i].kind = -1;
		complete(&sleepers[i].turn);
		kthread_stop(sleepers[i].task);
	}
}

/* A sleeper that waits, begins to, or gets a signal; or what `gives` does happens. */
static void step(void (*gives)(void))
{
	struct sleeper *sleeper = &sleepers[random_below(SLEEPERS)];

	if (!sleeper->busy) {
		go(sleeper);
	} else if (random_below(3) == 0) {
		int sig = random_of(SIGUSR1, SIGKILL);

		say("sig%d>%d", sig, sleeper->number);
		send_sig(sig, sleeper->task, 1);
		/* Some locks look as if they slept until they see the signal. */
		if (ended_by[sleeper->kind] == 'i' || (ended_by[sleeper->kind] == 'k' && sig == SIGKILL))
			until(!smp_load_acquire(&sleeper->busy));
		settle();
	} else {
		gives();
		settle();
	}
}

static bool somebody_waits(void)
{
	int i;

	for (i = 0; i < SLEEPERS; i++)
		if (sleepers[i].busy)
			return true;
	return false;
}

/* A queue. Exclusive waiters want a permit each; the others want that something happened. */

static DECLARE_WAIT_QUEUE_HEAD(head);
static DEFINE_SPINLOCK(permits_lock);
static int permits, events;

static bool take(void)
{
	bool taken;

	spin_lock(&permits_lock);
	taken = permits > 0;
	permits -= taken;
	spin_unlock(&permits_lock);
	return taken;
}

static long waits_on_queue(struct sleeper *sleeper)
{
	int seen = READ_ONCE(events);

	switch (sleeper->kind) {
	case 0:
	case 1:
	case 2:
		return wait_event_interruptible_exclusive(head, take());
	case 3:
		return wait_event_killable_exclusive(head, take());
	case 4:
		wait_event(head, READ_ONCE(events) != seen);
		return 0;
	case 5:
		return wait_event_interruptible(head, READ_ONCE(events) != seen);
	case 6:
		return wait_event_killable(head, READ_ONCE(events) != seen);
	default:
		/* Of what is left, only that something is. */
		return wait_event_interruptible_timeout(head, READ_ONCE(events) != seen, 1000 * HZ) > 0 ? 1 : -1;
	}
}

static void gives_permit(void)
{
	bool with_permit = random_below(4);

	spin_lock(&permits_lock);
	permits = with_permit;
	spin_unlock(&permits_lock);
	if (with_permit)
		WRITE_ONCE(events, events + 1);
	say("%s", with_permit ? "wake" : "wake_for_nothing");
	if (random_below(3))
		wake_up(&head);
	else
		wake_up_interruptible(&head);
}

CASE(queue, "wait_event_interruptible_exclusive wait_event_killable_exclusive wait_event wait_event_interruptible wait_event_killable"
	    " wait_event_interruptible_timeout wake_up wake_up_interruptible send_sig")
{
	unsigned int round;
	int i;

	for (round = 0; round < 25; round++) {
		if (!begin(round, waits_on_queue, "iiik-iki"))
			return;
		permits = 0;
		for (i = 0; i < 24; i++)
			step(gives_permit);
		say(";");
		while (somebody_waits()) {
			permits = 1;
			events++;
			wake_up(&head);
			settle();
		}
		answer("%u%s active=%d", round, said, !!waitqueue_active(&head));
		end();
	}
}

/* A semaphore: who waits longest gets the next. */

static struct semaphore sem;

static long waits_for_semaphore(struct sleeper *sleeper)
{
	switch (sleeper->kind) {
	case 0:
	case 1:
		down(&sem);
		return 0;
	case 2:
	case 3:
	case 4:
		return down_interruptible(&sem);
	case 5:
	case 6:
		return down_killable(&sem);
	default:
		return down_timeout(&sem, 1000 * HZ);
	}
}

static void ups(void)
{
	say("up");
	up(&sem);
}

CASE(semaphore, "down down_interruptible down_killable down_timeout up")
{
	unsigned int round;
	int i;

	for (round = 0; round < 20; round++) {
		if (!begin(round, waits_for_semaphore, "--iiikk-"))
			return;
		sema_init(&sem, 0);
		for (i = 0; i < 24; i++)
			step(ups);
		say(";");
		while (somebody_waits()) {
			up(&sem);
			settle();
		}
		answer("%u%s count=%u", round, said, sem.count);
		end();
	}
}

/* A completion. */

static DECLARE_COMPLETION(completed);

static long waits_for_completion(struct sleeper *sleeper)
{
	switch (sleeper->kind) {
	case 0:
	case 1:
		wait_for_completion(&completed);
		return 0;
	case 2:
	case 3:
		return wait_for_completion_interruptible(&completed);
	case 4:
		return wait_for_completion_killable(&completed);
	case 5:
		return wait_for_completion_timeout(&completed, 1000 * HZ) ? 1 : 0;
	case 6:
		return clamp_t(long, wait_for_completion_interruptible_timeout(&completed, 1000 * HZ), -1000, 1);
	default:
		return clamp_t(long, wait_for_completion_killable_timeout(&completed, 1000 * HZ), -1000, 1);
	}
}

static void completes(void)
{
	say("complete");
	complete(&completed);
}

CASE(completion, "wait_for_completion wait_for_completion_interruptible wait_for_completion_killable wait_for_completion_timeout"
		 " wait_for_completion_interruptible_timeout wait_for_completion_killable_timeout complete")
{
	unsigned int round;
	int i;

	for (round = 0; round < 20; round++) {
		if (!begin(round, waits_for_completion, "--iik-ik"))
			return;
		reinit_completion(&completed);
		for (i = 0; i < 24; i++)
			step(completes);
		say(";");
		while (somebody_waits()) {
			complete(&completed);
			settle();
		}
		answer("%u%s done=%u", round, said, completed.done);
		end();
	}
}

/*
 * Locks that the asking thread holds until its next release: who waits then goes on, one behind the
 * other.
 */

static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(rwsem);
static int turns;

static long waits_for_mutex(struct sleeper *sleeper)
{
	long ret = 0;

	switch (sleeper->kind) {
	case 0:
	case 1:
	case 2:
		mutex_lock(&mutex);
		break;
	case 3:
	case 4:
	case 5:
		ret = mutex_lock_interruptible(&mutex);
		break;
	default:
		ret = mutex_lock_killable(&mutex);
		break;
	}
	if (ret)
		return ret;
	ret = ++turns;
	mutex_unlock(&mutex);
	return ret;
}

static void unlocks(void)
{
	say("unlock");
	mutex_unlock(&mutex);
	all_report();
	mutex_lock(&mutex);
}

CASE(mutex, "mutex_lock mutex_lock_interruptible mutex_lock_killable mutex_unlock")
{
	unsigned int round;
	int i;

	for (round = 0; round < 20; round++) {
		if (!begin(round, waits_for_mutex, "---iiikk"))
			return;
		turns = 0;
		mutex_lock(&mutex);
		for (i = 0; i < 24; i++)
			step(unlocks);
		mutex_unlock(&mutex);
		say(";");
		all_report();
		answer("%u%s turns=%d locked=%d", round, said, turns, mutex_is_locked(&mutex));
		end();
	}
}

/* A writer tells its turn, a reader how many writers came before it. */
static long waits_for_rwsem(struct sleeper *sleeper)
{
	long ret = 0;

	switch (sleeper->kind) {
	case 0:
	case 1:
		down_write(&rwsem);
		break;
	case 2:
		ret = down_write_killable(&rwsem);
		break;
	case 3:
	case 4:
		down_read(&rwsem);
		break;
	case 5:
	case 6:
		ret = down_read_interruptible(&rwsem);
		break;
	default:
		ret = down_read_killable(&rwsem);
		break;
	}
	if (ret)
		return ret;
	if (sleeper->kind < 3) {
		ret = ++turns;
		up_write(&rwsem);
	} else {
		ret = 100 + READ_ONCE(turns);
		up_read(&rwsem);
	}
	return ret;
}

static void releases(void)
{
	say("release");
	up_write(&rwsem);
	all_report();
	down_write(&rwsem);
}

CASE(rwsem, "down_write down_write_killable down_read down_read_interruptible down_read_killable up_read up_write")
{
	unsigned int round;
	int i;

	for (round = 0; round < 20; round++) {
		if (!begin(round, waits_for_rwsem, "--k--iik"))
			return;
		turns = 0;
		down_write(&rwsem);
		for (i = 0; i < 24; i++)
			step(releases);
		up_write(&rwsem);
		say(";");
		all_report();
		answer("%u%s turns=%d locked=%d", round, said, turns, rwsem_is_locked(&rwsem));
		end();
	}
}

ASK_MODULE(&case_queue, &case_semaphore, &case_completion, &case_mutex, &case_rwsem);
