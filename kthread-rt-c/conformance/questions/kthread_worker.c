// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Workers and their works: what each call returns in each state of a work, the order, and what is
 * true of a worker's thread.
 */
#include "ask.h"

static struct kthread_worker *worker;
static struct completion begun, go;
static char order[120];
static int runs;

/* A work with a number, which it notes when it runs. */
struct numbered {
	struct kthread_work work;
	int number;
};

static void note(int number)
{
	int length = strlen(order);

	snprintf(order + length, sizeof(order) - length, "%s%d", length ? "," : "", number);
	runs++;
}

static void notes(struct kthread_work *work)
{
	note(container_of(work, struct numbered, work)->number);
}

/* A work that says that it has begun, and ends when it may. */
static void blocks(struct kthread_work *work)
{
	complete(&begun);
	wait_for_completion(&go);
	note(0);
}

static void clear(void)
{
	order[0] = 0;
	runs = 0;
	init_completion(&begun);
	init_completion(&go);
}

static bool make(void)
{
	worker = kthread_create_worker(0, "worker/%d", 7);
	if (IS_ERR(worker)) {
		answer("no_worker=%ld", PTR_ERR(worker));
		return false;
	}
	clear();
	return true;
}

/* The worker runs `work`, and is in the middle of it. */
static void block(struct kthread_work *work)
{
	kthread_init_work(work, blocks);
	kthread_queue_work(worker, work);
	wait_for_completion(&begun);
}

CASE(created, "kthread_create_worker kthread_worker kthread_worker.task kthread_worker.current_work kthread_worker.flags"
	      " kthread_destroy_worker kthread_worker_fn kthread_data kthread_func")
{
	if (!make())
		return;
	until_state(worker->task, TASK_INTERRUPTIBLE);
	answer("comm=[%s] flags=%u current_work=%d state=0x%x", worker->task->comm, worker->flags, !!worker->current_work,
	       READ_ONCE(worker->task->__state));
	answer("func=%d data=%d kthread=%d no_setaffinity=%d", kthread_func(worker->task) == kthread_worker_fn,
	       kthread_data(worker->task) == worker, !!(worker->task->flags & PF_KTHREAD),
	       !!(worker->task->flags & PF_NO_SETAFFINITY));
	kthread_destroy_worker(worker);

	worker = kthread_create_worker(KTW_FREEZABLE, "freezable");
	until_state(worker->task, TASK_INTERRUPTIBLE);
	answer("freezable flags=%u nofreeze=%d", worker->flags, !!(worker->task->flags & PF_NOFREEZE));
	kthread_destroy_worker(worker);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define create_on_cpu(cpu) kthread_create_worker_on_cpu(cpu, 0, "cpu/%u")
#else
#define create_on_cpu(cpu) kthread_create_worker_on_cpu(cpu, 0, "cpu/%u", cpu)
#endif

static int cpu_seen;

static void sees_cpu(struct kthread_work *work)
{
	cpu_seen = raw_smp_processor_id();
}

CASE(on_cpu, "kthread_create_worker_on_cpu kthread_queue_work kthread_flush_work PF_NO_SETAFFINITY")
{
	struct kthread_work work;

	worker = create_on_cpu(0);
	if (IS_ERR(worker))
		return;
	cpu_seen = -1;
	kthread_init_work(&work, sees_cpu);
	kthread_queue_work(worker, &work);
	kthread_flush_work(&work);
	answer("comm=[%s] ran_on=%d no_setaffinity=%d", worker->task->comm, cpu_seen,
	       !!(worker->task->flags & PF_NO_SETAFFINITY));
	kthread_destroy_worker(worker);
}

static DEFINE_KTHREAD_WORK(defined, notes);
static DEFINE_KTHREAD_DELAYED_WORK(defined_delayed, notes);

CASE(initialised, "DEFINE_KTHREAD_WORK DEFINE_KTHREAD_DELAYED_WORK kthread_init_work kthread_init_delayed_work KTHREAD_WORK_INIT"
		  " KTHREAD_DELAYED_WORK_INIT kthread_work kthread_work.func kthread_work.worker kthread_work.canceling"
		  " kthread_delayed_work kthread_delayed_work.work kthread_delayed_work.timer kthread_work_func_t"
		  " kthread_delayed_work_timer_fn")
{
	struct kthread_work work = KTHREAD_WORK_INIT(work, notes);
	struct kthread_delayed_work delayed = KTHREAD_DELAYED_WORK_INIT(delayed, notes);
	struct kthread_work set;
	struct kthread_delayed_work set_delayed;
	kthread_work_func_t function = notes;

	answer("defined func=%d worker=%d canceling=%d delayed func=%d", defined.func == function, !!defined.worker,
	       defined.canceling, defined_delayed.work.func == function);
	answer("initialiser func=%d worker=%d delayed func=%d timer=%d", work.func == function, !!work.worker,
	       delayed.work.func == function, delayed.timer.function == kthread_delayed_work_timer_fn);
	memset(&set, 0xff, sizeof(set));
	memset(&set_delayed, 0xff, sizeof(set_delayed));
	kthread_init_work(&set, notes);
	kthread_init_delayed_work(&set_delayed, notes);
	answer("init func=%d worker=%d canceling=%d delayed func=%d pending=%d", set.func == function, !!set.worker,
	       set.canceling, set_delayed.work.func == function, timer_pending(&set_delayed.timer));
	answer("idle list=%d", list_empty(&set.node));
}

CASE(queue, "kthread_queue_work kthread_flush_work kthread_flush_worker kthread_work.worker kthread_worker.current_work")
{
	struct kthread_work blocker;
	struct numbered one = { .number = 1 };
	bool queued[5];

	if (!make())
		return;
	kthread_init_work(&one.work, notes);
	kthread_flush_work(&one.work);
	answer("flush_never_queued runs=%d worker=%d", runs, !!one.work.worker);
	block(&blocker);
	queued[0] = kthread_queue_work(worker, &one.work);
	queued[1] = kthread_queue_work(worker, &one.work);
	queued[2] = kthread_queue_work(worker, &blocker);
	queued[3] = kthread_queue_work(worker, &blocker);
	answer("idle=%d pending=%d running=%d running_and_pending=%d", queued[0], queued[1], queued[2], queued[3]);
	answer("worker=%d current=%d list_empty=%d", one.work.worker == worker, worker->current_work == &blocker,
	       list_empty(&one.work.node));
	complete_all(&go);
	kthread_flush_worker(worker);
	answer("order=%s list_empty=%d worker_kept=%d", order, list_empty(&one.work.node), one.work.worker == worker);
	queued[4] = kthread_queue_work(worker, &one.work);
	kthread_flush_work(&one.work);
	answer("again=%d order=%s", queued[4], order);
	kthread_flush_work(&one.work);
	kthread_flush_worker(worker);
	answer("flushed_idle runs=%d", runs);
	kthread_destroy_worker(worker);
}

CASE(order, "kthread_queue_work kthread_flush_worker kthread_cancel_work_sync")
{
	struct kthread_work blocker;
	struct numbered works[5];
	bool cancelled;
	int i;

	if (!make())
		return;
	block(&blocker);
	for (i = 0; i < 5; i++) {
		works[i].number = i + 1;
		kthread_init_work(&works[i].work, notes);
		kthread_queue_work(worker, &works[i].work);
	}
	cancelled = kthread_cancel_work_sync(&works[1].work);
	kthread_queue_work(worker, &works[1].work);
	complete_all(&go);
	kthread_flush_worker(worker);
	answer("cancelled=%d order=%s", cancelled, order);
	kthread_destroy_worker(worker);
}

/* Flushing a work waits for it, and not for those behind it. */
static void waits_for_go(struct kthread_work *work)
{
	wait_for_completion(&go);
	note(9);
}

CASE(flush_one, "kthread_flush_work kthread_queue_work")
{
	struct numbered first = { .number = 1 };
	struct kthread_work behind;

	if (!make())
		return;
	kthread_init_work(&first.work, notes);
	kthread_init_work(&behind, waits_for_go);
	kthread_queue_work(worker, &first.work);
	kthread_queue_work(worker, &behind);
	kthread_flush_work(&first.work);
	answer("order=%s", order);
	complete_all(&go);
	kthread_flush_work(&behind);
	answer("order=%s", order);
	kthread_destroy_worker(worker);
}

struct canceller {
	struct kthread_work *work;
	struct completion begun, ended;
	bool cancelled;
};

static int cancels(void *data)
{
	struct canceller *canceller = data;

	complete(&canceller->begun);
	canceller->cancelled = kthread_cancel_work_sync(canceller->work);
	complete(&canceller->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(cancel, "kthread_cancel_work_sync kthread_queue_work kthread_work.canceling")
{
	struct kthread_work blocker;
	struct numbered one = { .number = 1 };
	struct canceller canceller = { .work = &blocker };
	struct task_struct *task;
	bool done[4], queued;
	int canceling;

	if (!make())
		return;
	kthread_init_work(&one.work, notes);
	done[0] = kthread_cancel_work_sync(&one.work);
	kthread_queue_work(worker, &one.work);
	kthread_flush_work(&one.work);
	done[1] = kthread_cancel_work_sync(&one.work);
	block(&blocker);
	kthread_queue_work(worker, &one.work);
	done[2] = kthread_cancel_work_sync(&one.work);
	done[3] = kthread_cancel_work_sync(&one.work);
	answer("never_queued=%d finished=%d pending=%d again=%d", done[0], done[1], done[2], done[3]);
	/* One that runs is waited for, and is not queued meanwhile. */
	init_completion(&canceller.begun);
	init_completion(&canceller.ended);
	task = ask_thread(cancels, &canceller);
	if (!task)
		return;
	wait_for_completion(&canceller.begun);
	until_state(task, TASK_UNINTERRUPTIBLE);
	canceling = blocker.canceling;
	queued = kthread_queue_work(worker, &blocker);
	answer("running waits=%d canceling=%d queued=%d", !completion_done(&canceller.ended), canceling, queued);
	complete_all(&go);
	wait_for_completion(&canceller.ended);
	answer("running=%d canceling=%d runs=%d", canceller.cancelled, blocker.canceling, runs);
	kthread_stop(task);
	queued = kthread_queue_work(worker, &blocker);
	kthread_flush_work(&blocker);
	answer("after=%d runs=%d", queued, runs);
	kthread_destroy_worker(worker);
}

/* A work that queues itself again. */
static bool requeued[3];

static void requeues(struct kthread_work *work)
{
	if (runs < 3)
		requeued[runs] = kthread_queue_work(worker, work);
	runs++;
	complete(&begun);
}

CASE(requeue, "kthread_queue_work kthread_flush_worker kthread_destroy_worker")
{
	struct kthread_work work;
	int i;

	if (!make())
		return;
	kthread_init_work(&work, requeues);
	kthread_queue_work(worker, &work);
	for (i = 0; i < 4; i++)
		wait_for_completion(&begun);
	answer("requeued=%d,%d,%d runs=%d", requeued[0], requeued[1], requeued[2], runs);
	kthread_destroy_worker(worker);
}

/* What is pending runs before the worker goes. */
CASE(destroy, "kthread_destroy_worker kthread_queue_work")
{
	struct numbered works[4];
	int i;

	if (!make())
		return;
	for (i = 0; i < 4; i++) {
		works[i].number = i + 1;
		kthread_init_work(&works[i].work, notes);
		kthread_queue_work(worker, &works[i].work);
	}
	kthread_destroy_worker(worker);
	answer("order=%s", order);
}

/* Where a work runs. */
static struct task_struct *ran_on;
static struct kthread_work *current_seen;
static void *data_seen;
static bool should_stop_seen;

static void looks(struct kthread_work *work)
{
	ran_on = current;
	current_seen = worker->current_work;
	data_seen = kthread_data(current);
	should_stop_seen = kthread_should_stop();
}

CASE(where, "kthread_worker.task kthread_worker.current_work kthread_data current kthread_should_stop")
{
	struct kthread_work work;

	if (!make())
		return;
	kthread_init_work(&work, looks);
	kthread_queue_work(worker, &work);
	kthread_flush_work(&work);
	answer("on_task=%d current_work=%d data=%d should_stop=%d", ran_on == worker->task, current_seen == &work,
	       data_seen == worker, should_stop_seen);
	kthread_destroy_worker(worker);
}

/* A work leaves a state or a signal behind: the worker goes on. */
static void leaves_state(struct kthread_work *work)
{
	allow_signal(SIGTERM);
	send_sig(SIGTERM, current, 1);
	set_current_state(TASK_RUNNING);
	note(1);
}

CASE(signal_left, "kthread_queue_work kthread_flush_work send_sig")
{
	struct kthread_work first;
	struct numbered second = { .number = 2 };

	if (!make())
		return;
	kthread_init_work(&first, leaves_state);
	kthread_init_work(&second.work, notes);
	kthread_queue_work(worker, &first);
	kthread_queue_work(worker, &second.work);
	kthread_flush_worker(worker);
	answer("order=%s", order);
	kthread_destroy_worker(worker);
}

/* A worker of one's own making. */
CASE(own, "kthread_init_worker kthread_worker_fn kthread_run kthread_stop kthread_flush_worker kthread_worker.task")
{
	struct kthread_worker own;
	struct numbered works[2];
	struct task_struct *task;
	bool queued;
	int stopped, i;

	clear();
	kthread_init_worker(&own);
	answer("flags=%u task=%d current_work=%d", own.flags, !!own.task, !!own.current_work);
	for (i = 0; i < 2; i++) {
		works[i].number = i + 1;
		kthread_init_work(&works[i].work, notes);
	}
	/* Works may come before their thread. */
	queued = kthread_queue_work(&own, &works[0].work);
	answer("queued=%d again=%d runs=%d", queued, kthread_queue_work(&own, &works[0].work), runs);
	task = kthread_run(kthread_worker_fn, &own, "own");
	if (IS_ERR(task))
		return;
	kthread_queue_work(&own, &works[1].work);
	kthread_flush_worker(&own);
	answer("order=%s task=%d", order, own.task == task);
	stopped = kthread_stop(task);
	answer("stop=%d task_left=%d", stopped, !!own.task);
	queued = kthread_queue_work(&own, &works[0].work);
	answer("after=%d runs=%d", queued, runs);
}

/* Delayed works. */
struct delayed {
	struct kthread_delayed_work work;
	unsigned long ran_at;
};

static void notes_time(struct kthread_work *work)
{
	struct delayed *delayed = container_of(work, struct delayed, work.work);

	delayed->ran_at = jiffies;
	note(1);
	complete(&begun);
}

CASE(delayed, "kthread_queue_delayed_work kthread_init_delayed_work kthread_cancel_delayed_work_sync kthread_flush_work"
	      " timer_pending"
	      " kthread_delayed_work.timer")
{
	struct delayed one;
	unsigned long began;
	bool queued[2], cancelled[3];
	int pending;

	if (!make())
		return;
	kthread_init_delayed_work(&one.work, notes_time);
	cancelled[0] = kthread_cancel_delayed_work_sync(&one.work);
	queued[0] = kthread_queue_delayed_work(worker, &one.work, 3600 * HZ);
	queued[1] = kthread_queue_delayed_work(worker, &one.work, 0);
	pending = timer_pending(&one.work.timer);
	cancelled[1] = kthread_cancel_delayed_work_sync(&one.work);
	cancelled[2] = kthread_cancel_delayed_work_sync(&one.work);
	answer("never_queued=%d idle=%d pending=%d timer=%d cancel=%d again=%d runs=%d timer_then=%d", cancelled[0], queued[0],
	       queued[1], pending, cancelled[1], cancelled[2], runs, timer_pending(&one.work.timer));
	queued[0] = kthread_queue_delayed_work(worker, &one.work, 0);
	kthread_flush_work(&one.work.work);
	answer("zero=%d runs=%d", queued[0], runs);
	init_completion(&begun);
	began = jiffies;
	kthread_queue_delayed_work(worker, &one.work, 5);
	wait_for_completion(&begun);
	answer("five after=%s", ask_between(one.ran_at - began, 5, 10 * HZ));
	kthread_destroy_worker(worker);
}

CASE(mod, "kthread_mod_delayed_work kthread_cancel_delayed_work_sync kthread_flush_work")
{
	struct kthread_work blocker;
	struct delayed one;
	bool modified[6];
	bool cancelled;

	if (!make())
		return;
	kthread_init_delayed_work(&one.work, notes_time);
	modified[0] = kthread_mod_delayed_work(worker, &one.work, 3600 * HZ);
	modified[1] = kthread_mod_delayed_work(worker, &one.work, 7200 * HZ);
	answer("idle=%d pending=%d runs=%d", modified[0], modified[1], runs);
	modified[2] = kthread_mod_delayed_work(worker, &one.work, 0);
	kthread_flush_work(&one.work.work);
	modified[3] = kthread_mod_delayed_work(worker, &one.work, 0);
	kthread_flush_work(&one.work.work);
	answer("to_zero=%d idle_zero=%d runs=%d", modified[2], modified[3], runs);
	/* In the worker's list, and not on the timer any more. */
	init_completion(&begun);
	block(&blocker);
	kthread_queue_delayed_work(worker, &one.work, 0);
	modified[4] = kthread_mod_delayed_work(worker, &one.work, 3600 * HZ);
	modified[5] = kthread_mod_delayed_work(worker, &one.work, 0);
	cancelled = kthread_cancel_delayed_work_sync(&one.work);
	answer("queued=%d back=%d cancel=%d", modified[4], modified[5], cancelled);
	complete_all(&go);
	kthread_destroy_worker(worker);
	answer("runs=%d", runs);
}

/* A delayed work that runs is not pending: it can be queued with its timer. */
static void delays_itself(struct kthread_work *work)
{
	complete(&begun);
	wait_for_completion(&go);
	runs++;
}

CASE(delayed_running, "kthread_queue_delayed_work kthread_mod_delayed_work kthread_cancel_delayed_work_sync")
{
	struct kthread_delayed_work work;
	bool queued[3], cancelled;

	if (!make())
		return;
	kthread_init_delayed_work(&work, delays_itself);
	queued[0] = kthread_queue_delayed_work(worker, &work, 1);
	wait_for_completion(&begun);
	queued[1] = kthread_queue_delayed_work(worker, &work, 3600 * HZ);
	queued[2] = kthread_mod_delayed_work(worker, &work, 1800 * HZ);
	complete_all(&go);
	cancelled = kthread_cancel_delayed_work_sync(&work);
	answer("first=%d while_running=%d mod=%d cancel=%d runs=%d", queued[0], queued[1], queued[2], cancelled, runs);
	kthread_destroy_worker(worker);
}

/* A work that waits for itself: a kernel sleeps for ever. */
static bool cancelled_itself;

static void cancels_itself(struct kthread_work *work)
{
	cancelled_itself = kthread_cancel_work_sync(work);
	kthread_flush_work(work);
	note(4);
}

OURS(waits_for_itself, "kthread_cancel_work_sync kthread_flush_work", "cancelled=0 order=4")
{
	struct kthread_work work;

	if (!make())
		return;
	kthread_init_work(&work, cancels_itself);
	kthread_queue_work(worker, &work);
	kthread_flush_work(&work);
	answer("cancelled=%d order=%s", cancelled_itself, order);
	kthread_destroy_worker(worker);
}

ASK_MODULE(&case_created, &case_on_cpu, &case_initialised, &case_queue, &case_order, &case_flush_one, &case_cancel, &case_requeue,
	   &case_destroy, &case_where, &case_signal_left, &case_own, &case_delayed, &case_mod, &case_delayed_running,
	   &case_waits_for_itself);
