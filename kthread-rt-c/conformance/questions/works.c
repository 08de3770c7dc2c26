// SPDX-License-Identifier: MIT OR Apache-2.0
/* Works: what queueing, cancelling, flushing and asking returns in each state of a work. */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/workqueue.h>

/* A work that counts, and can be made to stay until it is told to go on. */
struct asked {
	struct work_struct work;
	struct delayed_work delayed;
	struct completion began;
	struct completion go_on;
	atomic_t runs;
	bool stays;
};

static void runs(struct asked *asked)
{
	atomic_inc(&asked->runs);
	if (asked->stays) {
		complete(&asked->began);
		wait_for_completion(&asked->go_on);
	}
}

static void work_fn(struct work_struct *work)
{
	runs(container_of(work, struct asked, work));
}

static void delayed_fn(struct work_struct *work)
{
	runs(container_of(to_delayed_work(work), struct asked, delayed));
}

static void set_up(struct asked *asked, bool stays)
{
	INIT_WORK(&asked->work, work_fn);
	INIT_DELAYED_WORK(&asked->delayed, delayed_fn);
	init_completion(&asked->began);
	init_completion(&asked->go_on);
	atomic_set(&asked->runs, 0);
	asked->stays = stays;
}

static struct asked asked;

/* Keeps the caller's works on one cpu. */
static struct workqueue_struct *begin(const char *name, unsigned int flags, int max_active)
{
	struct workqueue_struct *wq = alloc_workqueue("%s", flags, max_active, name);

	if (!wq)
		answer("no_queue=1");
	return wq;
}

CASE(idle, "INIT_WORK work_pending work_busy cancel_work cancel_work_sync flush_work cancel_delayed_work cancel_delayed_work_sync"
	   " flush_delayed_work delayed_work_pending INIT_DELAYED_WORK")
{
	int cancelled, cancelled_sync, flushed;

	set_up(&asked, false);
	answer("pending=%d busy=%u delayed_pending=%d", work_pending(&asked.work), work_busy(&asked.work),
	       delayed_work_pending(&asked.delayed));
	cancelled = cancel_work(&asked.work);
	cancelled_sync = cancel_work_sync(&asked.work);
	flushed = flush_work(&asked.work);
	answer("cancel=%d sync=%d flush=%d", cancelled, cancelled_sync, flushed);
	cancelled = cancel_delayed_work(&asked.delayed);
	cancelled_sync = cancel_delayed_work_sync(&asked.delayed);
	flushed = flush_delayed_work(&asked.delayed);
	answer("delayed cancel=%d sync=%d flush=%d", cancelled, cancelled_sync, flushed);
	answer("busy=%u", work_busy(&asked.work));
}

CASE(running, "queue_work work_pending work_busy WORK_BUSY_PENDING WORK_BUSY_RUNNING cancel_work cancel_work_sync flush_work"
	      " work_struct.func")
{
	struct workqueue_struct *wq = begin("running", 0, 4);
	int first, second, third, cancelled;

	set_up(&asked, true);
	first = queue_work(wq, &asked.work);
	wait_for_completion(&asked.began);
	answer("queue=%d pending=%d busy=%u", first, work_pending(&asked.work), work_busy(&asked.work));
	second = queue_work(wq, &asked.work);
	third = queue_work(wq, &asked.work);
	answer("while_running=%d again=%d pending=%d busy=%u", second, third, work_pending(&asked.work),
	       work_busy(&asked.work));
	answer("values pending=%d running=%d", WORK_BUSY_PENDING, WORK_BUSY_RUNNING);
	cancelled = cancel_work(&asked.work);
	answer("cancel=%d busy=%u", cancelled, work_busy(&asked.work));
	cancelled = cancel_work(&asked.work);
	answer("cancel_running=%d", cancelled);
	complete(&asked.go_on);
	/* Whether there was something to wait for is another case. */
	flush_work(&asked.work);
	answer("runs=%d busy=%u func=%d", atomic_read(&asked.runs), work_busy(&asked.work), asked.work.func == work_fn);
	second = queue_work(wq, &asked.work);
	wait_for_completion(&asked.began);
	third = queue_work(wq, &asked.work);
	complete_all(&asked.go_on);
	cancel_work_sync(&asked.work);
	answer("queue=%d,%d after_cancel busy=%u pending=%d", second, third, work_busy(&asked.work), work_pending(&asked.work));
	destroy_workqueue(wq);
}

/* A thread that flushes or cancels, and what it got. */
struct waiter {
	int how;
	int returned;
	int seen;
	struct completion begun;
	struct completion ended;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	complete(&waiter->begun);
	switch (waiter->how) {
	case 0:
		waiter->returned = flush_work(&asked.work);
		break;
	case 1:
		waiter->returned = cancel_work_sync(&asked.work);
		break;
	case 2:
		waiter->returned = flush_delayed_work(&asked.delayed);
		break;
	default:
		waiter->returned = cancel_delayed_work_sync(&asked.delayed);
		break;
	}
	waiter->seen = atomic_read(&asked.runs);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *begin_waiter(struct waiter *waiter, int how)
{
	struct task_struct *task;

	waiter->how = how;
	init_completion(&waiter->begun);
	init_completion(&waiter->ended);
	task = ask_thread(waits, waiter);
	if (!task)
		return NULL;
	wait_for_completion(&waiter->begun);
	until_state(task, TASK_UNINTERRUPTIBLE);
	return task;
}

CASE(waits_for_running, "flush_work cancel_work_sync flush_delayed_work cancel_delayed_work_sync queue_work queue_delayed_work")
{
	struct workqueue_struct *wq = begin("waits", 0, 4);
	struct waiter waiter;
	struct task_struct *task;
	int how, queued, busy;

	for (how = 0; how < 4; how++) {
		set_up(&asked, true);
		if (how < 2)
			queue_work(wq, &asked.work);
		else
			queue_delayed_work(wq, &asked.delayed, 0);
		wait_for_completion(&asked.began);
		task = begin_waiter(&waiter, how);
		if (!task)
			return;
		queued = how < 2 ? queue_work(wq, &asked.work) : queue_delayed_work(wq, &asked.delayed, 0);
		busy = work_busy(how < 2 ? &asked.work : &asked.delayed.work);
		answer("how=%d returned_early=%d queue_meanwhile=%d busy=%d", how, completion_done(&waiter.ended), queued, busy);
		complete(&asked.go_on);
		complete(&asked.go_on);
		wait_for_completion(&waiter.ended);
		flush_work(&asked.work);
		flush_delayed_work(&asked.delayed);
		answer("how=%d returned=%d runs_in_the_end=%d", how, waiter.returned, atomic_read(&asked.runs));
		kthread_stop(task);
	}
	destroy_workqueue(wq);
}

/* Modified while somebody waits for the end of its function, to have it cancelled. */
CASE(modified_under_cancel, "mod_delayed_work cancel_delayed_work_sync delayed_work_pending queue_delayed_work")
{
	struct workqueue_struct *wq = begin("modified", 0, 4);
	struct waiter waiter;
	struct task_struct *task;
	int soon, late, pending;

	set_up(&asked, true);
	queue_delayed_work(wq, &asked.delayed, 0);
	wait_for_completion(&asked.began);
	task = begin_waiter(&waiter, 3);
	if (!task)
		return;
	soon = mod_delayed_work(wq, &asked.delayed, 0);
	late = mod_delayed_work(wq, &asked.delayed, 100 * HZ);
	pending = timer_pending(&asked.delayed.timer);
	complete(&asked.go_on);
	complete(&asked.go_on);
	wait_for_completion(&waiter.ended);
	answer("now=%d later=%d timer=%d cancel=%d", soon, late, pending, waiter.returned);
	soon = mod_delayed_work(wq, &asked.delayed, 100 * HZ);
	late = mod_delayed_work(wq, &asked.delayed, 100 * HZ);
	answer("then now=%d again=%d cancel=%d runs=%d", soon, late, cancel_delayed_work_sync(&asked.delayed),
	       atomic_read(&asked.runs));
	kthread_stop(task);
	destroy_workqueue(wq);
}

/* Cancelled while it waits for its turn, and for its running. */
CASE(cancel_queued, "cancel_work cancel_work_sync queue_work work_busy alloc_ordered_workqueue")
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("%s", 0, "cancel_queued");
	static struct asked blocker;
	int cancelled, cancelled_sync, queued, busy;

	set_up(&blocker, true);
	set_up(&asked, false);
	queue_work(wq, &blocker.work);
	wait_for_completion(&blocker.began);
	queued = queue_work(wq, &asked.work);
	busy = work_busy(&asked.work);
	cancelled = cancel_work(&asked.work);
	answer("queue=%d busy=%d cancel=%d busy_then=%u", queued, busy, cancelled, work_busy(&asked.work));
	queued = queue_work(wq, &asked.work);
	cancelled_sync = cancel_work_sync(&asked.work);
	answer("queue=%d cancel_sync=%d", queued, cancelled_sync);
	queued = queue_work(wq, &asked.work);
	complete(&blocker.go_on);
	flush_workqueue(wq);
	answer("queue=%d runs=%d", queued, atomic_read(&asked.runs));
	destroy_workqueue(wq);
}

CASE(delayed, "queue_delayed_work mod_delayed_work cancel_delayed_work cancel_delayed_work_sync flush_delayed_work flush_work"
	      " delayed_work_pending delayed_work.timer delayed_work.work to_delayed_work timer_pending")
{
	struct workqueue_struct *wq = begin("delayed", 0, 0);
	unsigned long begin = jiffies;
	int result, again;

	set_up(&asked, false);
	result = queue_delayed_work(wq, &asked.delayed, 3600 * HZ);
	again = queue_delayed_work(wq, &asked.delayed, 0);
	answer("queue=%d again=%d pending=%d busy=%u timer=%d", result, again, delayed_work_pending(&asked.delayed),
	       work_busy(&asked.delayed.work), timer_pending(&asked.delayed.timer));
	answer("expires_is_far=%d", time_after(asked.delayed.timer.expires, begin + 3500 * HZ));
	result = queue_work(wq, &asked.delayed.work);
	answer("as_work=%d", result);
	result = flush_work(&asked.delayed.work);
	answer("flush_of_its_work=%d", result);
	result = cancel_delayed_work(&asked.delayed);
	again = cancel_delayed_work(&asked.delayed);
	answer("cancel=%d again=%d pending=%d timer=%d", result, again, delayed_work_pending(&asked.delayed),
	       timer_pending(&asked.delayed.timer));
	queue_delayed_work(wq, &asked.delayed, 3600 * HZ);
	result = cancel_delayed_work_sync(&asked.delayed);
	again = cancel_delayed_work_sync(&asked.delayed);
	answer("cancel_sync=%d again=%d runs=%d", result, again, atomic_read(&asked.runs));
	result = mod_delayed_work(wq, &asked.delayed, 3600 * HZ);
	again = mod_delayed_work(wq, &asked.delayed, 7200 * HZ);
	answer("mod_idle=%d mod_pending=%d far=%d", result, again,
	       time_after(asked.delayed.timer.expires, begin + 7000 * HZ));
	result = mod_delayed_work(wq, &asked.delayed, 0);
	flush_work(&asked.delayed.work);
	answer("mod_to_now=%d runs=%d", result, atomic_read(&asked.runs));
	queue_delayed_work(wq, &asked.delayed, 3600 * HZ);
	/* It runs now; whether that was waited for depends on who is faster. */
	flush_delayed_work(&asked.delayed);
	answer("flush runs=%d pending=%d", atomic_read(&asked.runs), delayed_work_pending(&asked.delayed));
	begin = jiffies;
	result = queue_delayed_work(wq, &asked.delayed, 3);
	until(atomic_read(&asked.runs) == 3);
	answer("queue=%d runs=%d early=%d", result, atomic_read(&asked.runs), jiffies - begin < 3);
	destroy_workqueue(wq);
}

/* When a delayed work runs that is for three jiffies on: the least of many. */
static unsigned long ran_at;

static void notes_jiffies(struct work_struct *work)
{
	ran_at = jiffies;
}

CASE(delayed_late, "queue_delayed_work schedule_delayed_work flush_delayed_work jiffies")
{
	static struct delayed_work delayed;
	unsigned long begin, least = -1UL;
	int i;

	INIT_DELAYED_WORK(&delayed, notes_jiffies);
	for (i = 0; i < 10; i++) {
		ran_at = 0;
		do {
			begin = jiffies;
			schedule_delayed_work(&delayed, 3);
		} while (begin != jiffies && cancel_delayed_work_sync(&delayed));
		until(READ_ONCE(ran_at));
		flush_delayed_work(&delayed);
		least = min(least, ran_at - begin);
	}
	answer("delay=3 after=%lu", least);
}

/* A delay of 0 is no timer: it is queued at once. */
CASE(delayed_zero, "queue_delayed_work delayed_work.timer timer_pending")
{
	struct workqueue_struct *wq = begin("zero", 0, 0);
	int queued;

	set_up(&asked, true);
	queued = queue_delayed_work(wq, &asked.delayed, 0);
	wait_for_completion(&asked.began);
	answer("queue=%d timer=%d busy=%u", queued, timer_pending(&asked.delayed.timer), work_busy(&asked.delayed.work));
	/* Running, and waiting for its time again. */
	queued = queue_delayed_work(wq, &asked.delayed, 3600 * HZ);
	answer("while_running=%d busy=%u pending=%d", queued, work_busy(&asked.delayed.work),
	       delayed_work_pending(&asked.delayed));
	queued = mod_delayed_work(wq, &asked.delayed, 3600 * HZ);
	answer("mod=%d", queued);
	complete(&asked.go_on);
	queued = cancel_delayed_work_sync(&asked.delayed);
	answer("cancel_sync=%d runs=%d busy=%u", queued, atomic_read(&asked.runs), work_busy(&asked.delayed.work));
	destroy_workqueue(wq);
}

static int queued_itself[8];
static struct workqueue_struct *its_queue;

static void queues_itself(struct work_struct *work)
{
	int n = atomic_inc_return(&asked.runs);

	if (n == 1) {
		complete(&asked.began);
		wait_for_completion(&asked.go_on);
	}
	if (n <= 3)
		queued_itself[n] = queue_work(its_queue, work);
}

/* It queues itself, which a cancel forbids while it waits. */
CASE(self_requeue, "queue_work cancel_work_sync flush_work")
{
	struct waiter waiter;
	struct task_struct *task;
	int i;

	its_queue = begin("itself", 0, 0);
	for (i = 0; i < 2; i++) {
		set_up(&asked, false);
		INIT_WORK(&asked.work, queues_itself);
		memset(queued_itself, 0, sizeof(queued_itself));
		queue_work(its_queue, &asked.work);
		wait_for_completion(&asked.began);
		if (i == 0) {
			complete(&asked.go_on);
			until(atomic_read(&asked.runs) == 4);
			flush_work(&asked.work);
			answer("results=%d,%d,%d runs=%d", queued_itself[1], queued_itself[2], queued_itself[3], atomic_read(&asked.runs));
			continue;
		}
		task = begin_waiter(&waiter, 1);
		if (!task)
			return;
		complete(&asked.go_on);
		wait_for_completion(&waiter.ended);
		answer("cancelled result=%d returned=%d runs=%d busy=%u", queued_itself[1], waiter.returned,
		       atomic_read(&asked.runs), work_busy(&asked.work));
		kthread_stop(task);
	}
	destroy_workqueue(its_queue);
}

/* An idle work on one queue, then on another: a work that runs stays where it runs. */
CASE(two_queues, "queue_work flush_workqueue destroy_workqueue")
{
	struct workqueue_struct *one = begin("one", 0, 0), *two = begin("two", 0, 0);
	int first, second, third;

	/* Their works of a cpu have one pool of threads. */
	set_cpus_allowed_ptr(current, cpumask_of(0));
	set_up(&asked, true);
	first = queue_work(one, &asked.work);
	wait_for_completion(&asked.began);
	second = queue_work(two, &asked.work);
	third = queue_work(one, &asked.work);
	answer("first=%d on_another=%d third=%d busy=%u", first, second, third, work_busy(&asked.work));
	complete(&asked.go_on);
	wait_for_completion(&asked.began);
	complete(&asked.go_on);
	flush_workqueue(one);
	flush_workqueue(two);
	answer("runs=%d", atomic_read(&asked.runs));
	destroy_workqueue(one);
	destroy_workqueue(two);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

static DECLARE_WORK(declared_work, work_fn);
static DECLARE_DELAYED_WORK(declared_delayed, delayed_fn);

CASE(declared, "DECLARE_WORK DECLARE_DELAYED_WORK INIT_DEFERRABLE_WORK INIT_WORK_ONSTACK INIT_DELAYED_WORK_ONSTACK destroy_work_on_stack"
	       " destroy_delayed_work_on_stack delayed_work.timer TIMER_DEFERRABLE TIMER_IRQSAFE delayed_work_timer_fn")
{
	struct delayed_work deferrable;
	struct work_struct on_stack;

	answer("pending=%d func=%d entry_empty=%d", work_pending(&declared_work), declared_work.func == work_fn,
	       list_empty(&declared_work.entry));
	answer("delayed pending=%d func=%d timer_fn=%d irqsafe=%d", delayed_work_pending(&declared_delayed),
	       declared_delayed.work.func == delayed_fn, declared_delayed.timer.function == delayed_work_timer_fn,
	       !!(declared_delayed.timer.flags & TIMER_IRQSAFE));
	INIT_WORK_ONSTACK(&on_stack, work_fn);
	answer("on_stack pending=%d entry_empty=%d", work_pending(&on_stack), list_empty(&on_stack.entry));
	destroy_work_on_stack(&on_stack);
	INIT_DEFERRABLE_WORK(&deferrable, delayed_fn);
	answer("deferrable=%d", !!(deferrable.timer.flags & TIMER_DEFERRABLE));
	INIT_DELAYED_WORK_ONSTACK(&deferrable, delayed_fn);
	answer("delayed_on_stack pending=%d deferrable=%d", delayed_work_pending(&deferrable),
	       !!(deferrable.timer.flags & TIMER_DEFERRABLE));
	destroy_delayed_work_on_stack(&deferrable);
}

ASK_MODULE(&case_idle, &case_running, &case_waits_for_running, &case_modified_under_cancel, &case_cancel_queued, &case_delayed, &case_delayed_late,
	   &case_delayed_zero, &case_self_requeue, &case_two_queues, &case_declared);
