// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Wait queues from the side of who wakes: the order, how many, what a wake function is told, and
 * what its answer means.
 */
#include "ask.h"
#include <linux/poll.h>
#include <linux/wait.h>

/* An entry that notes that it was called. */
struct noted {
	struct wait_queue_entry entry;
	int id;
	int returns;
	bool leaves;
};

static char order[120];
static unsigned int mode_seen;
static int flags_seen;
static unsigned long key_seen;

static int notes(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	struct noted *noted = container_of(entry, struct noted, entry);
	int length = strlen(order);

	snprintf(order + length, sizeof(order) - length, "%s%d", length ? "," : "", noted->id);
	mode_seen = mode;
	flags_seen = flags;
	key_seen = (unsigned long)key;
	if (noted->leaves)
		list_del_init(&entry->entry);
	return noted->returns;
}

static void init(struct noted *noted, int id, int returns, bool leaves)
{
	init_waitqueue_func_entry(&noted->entry, notes);
	INIT_LIST_HEAD(&noted->entry.entry);
	noted->id = id;
	noted->returns = returns;
	noted->leaves = leaves;
}

/* 1 and 3 and 5 are exclusive; 2 and 4 are not. */
static void fill(struct wait_queue_head *queue, struct noted *noted, int returns, bool leaves)
{
	int i;

	for (i = 0; i < 5; i++) {
		init(&noted[i], i + 1, returns, leaves);
		if (i % 2)
			add_wait_queue(queue, &noted[i].entry);
		else
			add_wait_queue_exclusive(queue, &noted[i].entry);
	}
}

static void empty(struct wait_queue_head *queue, struct noted *noted)
{
	int i;

	for (i = 0; i < 5; i++)
		if (!list_empty(&noted[i].entry.entry))
			remove_wait_queue(queue, &noted[i].entry);
}

#define wakes(what) \
	({ \
		order[0] = 0; \
		what; \
		order; \
	})

CASE(order, "add_wait_queue add_wait_queue_exclusive wake_up wake_up_nr wake_up_all wake_up_interruptible"
	    " wake_up_interruptible_nr wake_up_interruptible_all waitqueue_active DECLARE_WAIT_QUEUE_HEAD_ONSTACK"
	    " wait_queue_entry.func init_waitqueue_func_entry")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	struct noted noted[5];

	answer("none active=%d order=[%s]", waitqueue_active(&queue), wakes(wake_up_all(&queue)));
	fill(&queue, noted, 1, false);
	answer("active=%d wake_up=%s", waitqueue_active(&queue), wakes(wake_up(&queue)));
	answer("nr_0=%s", wakes(wake_up_nr(&queue, 0)));
	answer("nr_1=%s", wakes(wake_up_nr(&queue, 1)));
	answer("nr_2=%s", wakes(wake_up_nr(&queue, 2)));
	answer("nr_9=%s", wakes(wake_up_nr(&queue, 9)));
	answer("all=%s", wakes(wake_up_all(&queue)));
	answer("interruptible=%s", wakes(wake_up_interruptible(&queue)));
	answer("interruptible_nr_2=%s", wakes(wake_up_interruptible_nr(&queue, 2)));
	answer("interruptible_all=%s", wakes(wake_up_interruptible_all(&queue)));
	empty(&queue, noted);
	answer("emptied active=%d order=[%s]", waitqueue_active(&queue), wakes(wake_up_all(&queue)));
}

/* Those that are called leave: what the next call finds. */
CASE(leaving, "wake_up wake_up_nr wake_up_all waitqueue_active list_del_init")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	struct noted noted[5];
	int i;

	fill(&queue, noted, 1, true);
	for (i = 0; i < 4; i++) {
		const char *woken = wakes(wake_up(&queue));

		answer("wake_up=[%s] active=%d", woken, waitqueue_active(&queue));
	}
	fill(&queue, noted, 1, true);
	answer("nr_2=%s", wakes(wake_up_nr(&queue, 2)));
	wake_up_all(&queue);
	answer("rest=%s active=%d", order, waitqueue_active(&queue));
}

/* What a wake function returns: 0 does not count, less ends the wake-up. */
CASE(returns, "wake_up wake_up_all wait_queue_entry.func")
{
	static const int returned[] = { 0, 1, 2, -1 };
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	struct noted noted[5];
	int i;

	for (i = 0; i < ARRAY_SIZE(returned); i++) {
		fill(&queue, noted, returned[i], false);
		answer("returns=%d wake_up=%s", returned[i], wakes(wake_up(&queue)));
		answer("returns=%d nr_2=%s", returned[i], wakes(wake_up_nr(&queue, 2)));
		answer("returns=%d all=%s", returned[i], wakes(wake_up_all(&queue)));
		empty(&queue, noted);
	}
	/* One exclusive waiter of three has nothing to wake. */
	fill(&queue, noted, 1, false);
	noted[0].returns = 0;
	answer("first_of_none=%s", wakes(wake_up(&queue)));
	noted[3].returns = -1;
	answer("not_exclusive_ends=%s", wakes(wake_up(&queue)));
	empty(&queue, noted);
}

CASE(priority, "add_wait_queue_priority add_wait_queue add_wait_queue_exclusive"
	       " wait_queue_entry.flags")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	struct noted first, plain, last, before;

	init(&plain, 1, 1, false);
	init(&last, 2, 1, false);
	init(&first, 3, 1, false);
	init(&before, 4, 1, false);
	add_wait_queue(&queue, &plain.entry);
	add_wait_queue_exclusive(&queue, &last.entry);
	add_wait_queue_priority(&queue, &first.entry);
	answer("flags plain=0x%x exclusive=0x%x priority=0x%x", plain.entry.flags, last.entry.flags, first.entry.flags);
	answer("wake_up=%s", wakes(wake_up(&queue)));
	answer("all=%s", wakes(wake_up_all(&queue)));
	add_wait_queue(&queue, &before.entry);
	answer("added_later=%s", wakes(wake_up_all(&queue)));
	first.returns = 0;
	answer("declines=%s", wakes(wake_up(&queue)));
	remove_wait_queue(&queue, &first.entry);
	remove_wait_queue(&queue, &plain.entry);
	remove_wait_queue(&queue, &last.entry);
	remove_wait_queue(&queue, &before.entry);
	answer("flags=0x%x active=%d", first.entry.flags, waitqueue_active(&queue));
}

CASE(entry_flags, "add_wait_queue add_wait_queue_exclusive wait_queue_entry.flags wait_queue_entry.private"
		  " init_waitqueue_func_entry remove_wait_queue")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	struct noted noted;

	noted.entry.flags = 0xff;
	noted.entry.private = &noted;
	init(&noted, 1, 1, false);
	answer("init flags=0x%x private=%d func=%d", noted.entry.flags, !!noted.entry.private, noted.entry.func == notes);
	add_wait_queue_exclusive(&queue, &noted.entry);
	answer("exclusive flags=0x%x", noted.entry.flags);
	remove_wait_queue(&queue, &noted.entry);
	answer("removed flags=0x%x", noted.entry.flags);
	add_wait_queue(&queue, &noted.entry);
	answer("added flags=0x%x", noted.entry.flags);
	remove_wait_queue(&queue, &noted.entry);
}

/* What each call tells a wake function. */
#define told(call) \
	do { \
		mode_seen = flags_seen = key_seen = 0; \
		call; \
		answer("call=[%s] mode=0x%x flags=0x%x key=0x%lx", #call, mode_seen, flags_seen, key_seen); \
	} while (0)

CASE(told, "wake_up wake_up_all wake_up_nr wake_up_sync wake_up_interruptible wake_up_interruptible_nr"
	   " wake_up_interruptible_all wake_up_interruptible_sync wake_up_poll wake_up_interruptible_poll __wake_up"
	   " TASK_INTERRUPTIBLE POLLIN POLLOUT")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	struct noted noted;

	init(&noted, 1, 1, false);
	add_wait_queue(&queue, &noted.entry);
	told(wake_up(&queue));
	told(wake_up_nr(&queue, 3));
	told(wake_up_all(&queue));
	told(wake_up_sync(&queue));
	told(wake_up_interruptible(&queue));
	told(wake_up_interruptible_nr(&queue, 3));
	told(wake_up_interruptible_all(&queue));
	told(wake_up_interruptible_sync(&queue));
	told(wake_up_poll(&queue, POLLIN));
	told(wake_up_poll(&queue, POLLIN | POLLOUT));
	told(wake_up_interruptible_poll(&queue, POLLOUT));
	told(__wake_up(&queue, TASK_KILLABLE, 1, (void *)0x1234UL));
	remove_wait_queue(&queue, &noted.entry);
}

CASE(locked, "wake_up_locked wake_up_all_locked __add_wait_queue __add_wait_queue_entry_tail __remove_wait_queue"
	     " wait_queue_head.lock __add_wait_queue_exclusive")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	struct noted noted[4];
	int i;

	for (i = 0; i < 4; i++)
		init(&noted[i], i + 1, 1, false);
	spin_lock_irq(&queue.lock);
	__add_wait_queue(&queue, &noted[0].entry);
	__add_wait_queue_entry_tail(&queue, &noted[1].entry);
	__add_wait_queue_exclusive(&queue, &noted[2].entry);
	__add_wait_queue(&queue, &noted[3].entry);
	answer("flags=0x%x,0x%x,0x%x,0x%x", noted[0].entry.flags, noted[1].entry.flags, noted[2].entry.flags,
	       noted[3].entry.flags);
	answer("one=%s", wakes(wake_up_locked(&queue)));
	answer("all=%s", wakes(wake_up_all_locked(&queue)));
	__remove_wait_queue(&queue, &noted[2].entry);
	answer("removed=%s", wakes(wake_up_locked(&queue)));
	told(wake_up_locked(&queue));
	__remove_wait_queue(&queue, &noted[0].entry);
	__remove_wait_queue(&queue, &noted[1].entry);
	__remove_wait_queue(&queue, &noted[3].entry);
	spin_unlock_irq(&queue.lock);
	answer("active=%d", waitqueue_active(&queue));
}

CASE(active, "waitqueue_active wq_has_sleeper init_waitqueue_head DECLARE_WAIT_QUEUE_HEAD wait_queue_head.head")
{
	static DECLARE_WAIT_QUEUE_HEAD(declared);
	struct wait_queue_head queue;
	struct noted noted;
	bool sleeper;

	init_waitqueue_head(&queue);
	sleeper = wq_has_sleeper(&queue);
	answer("init active=%d sleeper=%d declared=%d", waitqueue_active(&queue), sleeper, waitqueue_active(&declared));
	init(&noted, 1, 1, false);
	add_wait_queue(&queue, &noted.entry);
	sleeper = wq_has_sleeper(&queue);
	answer("added active=%d sleeper=%d", waitqueue_active(&queue), sleeper);
	remove_wait_queue(&queue, &noted.entry);
	answer("removed active=%d", waitqueue_active(&queue));
}

/* Of a head that is initialised, and of one on which nobody waits any more. */
CASE(empty_head, "init_waitqueue_head DECLARE_WAIT_QUEUE_HEAD_ONSTACK wait_queue_head.head list_empty")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(declared);
	struct wait_queue_head queue;
	struct noted noted;

	init_waitqueue_head(&queue);
	answer("init self=%d,%d empty=%d", queue.head.next == &queue.head, queue.head.prev == &queue.head,
	       list_empty(&queue.head));
	answer("declared self=%d empty=%d", declared.head.next == &declared.head, list_empty(&declared.head));
	init(&noted, 1, 1, false);
	add_wait_queue(&queue, &noted.entry);
	answer("added first=%d last=%d", queue.head.next == &noted.entry.entry, queue.head.prev == &noted.entry.entry);
	remove_wait_queue(&queue, &noted.entry);
	answer("removed self=%d empty=%d", queue.head.next == &queue.head, list_empty(&queue.head));
}

/* Threads: who sleeps how, and who is woken. */
struct sleeper {
	struct wait_queue_head *queue;
	unsigned int state;
	bool exclusive;
	atomic_t woken;
	struct completion begun;
};

static int sleeps(void *data)
{
	struct sleeper *sleeper = data;
	DECLARE_WAITQUEUE(entry, current);

	if (sleeper->exclusive)
		add_wait_queue_exclusive(sleeper->queue, &entry);
	else
		add_wait_queue(sleeper->queue, &entry);
	complete(&sleeper->begun);
	for (;;) {
		set_current_state(sleeper->state);
		if (kthread_should_stop())
			break;
		schedule();
		if (!kthread_should_stop())
			atomic_inc(&sleeper->woken);
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(sleeper->queue, &entry);
	return 0;
}

static struct task_struct *sleeps_in(struct sleeper *sleeper, struct wait_queue_head *queue, unsigned int state,
				     bool exclusive)
{
	struct task_struct *task;

	sleeper->queue = queue;
	sleeper->state = state;
	sleeper->exclusive = exclusive;
	atomic_set(&sleeper->woken, 0);
	init_completion(&sleeper->begun);
	task = ask_thread(sleeps, sleeper);
	if (task) {
		wait_for_completion(&sleeper->begun);
		until_state(task, state);
	}
	return task;
}

/* All that were woken sleep again. */
static void settle(struct task_struct **tasks, struct sleeper *sleepers, int count)
{
	int i;

	for (i = 0; i < count; i++)
		until_state(tasks[i], sleepers[i].state);
}

CASE(sleepers, "wake_up wake_up_interruptible wake_up_all wake_up_interruptible_all add_wait_queue add_wait_queue_exclusive"
	       " DECLARE_WAITQUEUE remove_wait_queue TASK_INTERRUPTIBLE TASK_UNINTERRUPTIBLE TASK_KILLABLE TASK_IDLE")
{
	static const struct {
		unsigned int state;
		bool exclusive;
	} of[] = {
		{ TASK_UNINTERRUPTIBLE, true },
		{ TASK_INTERRUPTIBLE, true },
		{ TASK_INTERRUPTIBLE, true },
		{ TASK_UNINTERRUPTIBLE, false },
		{ TASK_INTERRUPTIBLE, false },
		{ TASK_KILLABLE, false },
		{ TASK_IDLE, false },
	};
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	struct sleeper sleepers[ARRAY_SIZE(of)];
	struct task_struct *tasks[ARRAY_SIZE(of)];
	int i, call;

	for (i = 0; i < ARRAY_SIZE(of); i++) {
		tasks[i] = sleeps_in(&sleepers[i], &queue, of[i].state, of[i].exclusive);
		if (!tasks[i])
			return;
	}
	for (call = 0; call < 5; call++) {
		static const char *const calls[] = { "wake_up_interruptible", "wake_up", "wake_up_interruptible_nr_2",
						     "wake_up_interruptible_all", "wake_up_all" };
		int woken[ARRAY_SIZE(of)];

		for (i = 0; i < ARRAY_SIZE(of); i++)
			atomic_set(&sleepers[i].woken, 0);
		if (call == 0)
			wake_up_interruptible(&queue);
		else if (call == 1)
			wake_up(&queue);
		else if (call == 2)
			wake_up_interruptible_nr(&queue, 2);
		else if (call == 3)
			wake_up_interruptible_all(&queue);
		else
			wake_up_all(&queue);
		settle(tasks, sleepers, ARRAY_SIZE(of));
		for (i = 0; i < ARRAY_SIZE(of); i++)
			woken[i] = atomic_read(&sleepers[i].woken);
		answer("call=%s exclusive=%d,%d,%d others=%d,%d,%d,%d", calls[call], woken[0], woken[1], woken[2], woken[3],
		       woken[4], woken[5], woken[6]);
	}
	for (i = 0; i < ARRAY_SIZE(of); i++) {
		wake_up_process(tasks[i]);
		kthread_stop(tasks[i]);
	}
	answer("active=%d", waitqueue_active(&queue));
}

/* An exclusive waiter that is awake, or of another state, is not counted: the next one is woken. */
CASE(awake_in_front, "wake_up add_wait_queue_exclusive DECLARE_WAITQUEUE")
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);
	DECLARE_WAITQUEUE(entry, current);
	struct sleeper sleeper;
	struct task_struct *task;
	int woken;

	add_wait_queue_exclusive(&queue, &entry);
	task = sleeps_in(&sleeper, &queue, TASK_INTERRUPTIBLE, true);
	if (!task)
		return;
	wake_up(&queue);
	settle(&task, &sleeper, 1);
	woken = atomic_read(&sleeper.woken);
	answer("awake_in_front woken=%d", woken);
	/* Who is about to sleep is woken, and counts. */
	set_current_state(TASK_INTERRUPTIBLE);
	wake_up(&queue);
	answer("about_to_sleep state=0x%x", READ_ONCE(current->__state));
	__set_current_state(TASK_RUNNING);
	settle(&task, &sleeper, 1);
	answer("behind woken=%d", atomic_read(&sleeper.woken) - woken);
	remove_wait_queue(&queue, &entry);
	kthread_stop(task);
}

ASK_MODULE(&case_order, &case_leaving, &case_returns, &case_priority, &case_entry_flags, &case_told, &case_locked,
	   &case_active, &case_empty_head, &case_sleepers, &case_awake_in_front);
