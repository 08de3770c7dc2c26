// SPDX-License-Identifier: MIT OR Apache-2.0
/* Workers that serve kthread works. */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>

static DECLARE_COMPLETION(entered);
static DECLARE_COMPLETION(let_go);

static void hold(struct kthread_work *work)
{
	complete(&entered);
	wait_for_completion(&let_go);
}

static int served;
static bool on_its_thread, is_current, bound;

static void serve(struct kthread_work *work)
{
	served++;
	bound = work->worker && work->worker->task == current;
	is_current = work->worker && work->worker->current_work == work;
	on_its_thread = kthread_data(current) == work->worker;
}

static DEFINE_KTHREAD_WORK(holding, hold);
static DEFINE_KTHREAD_WORK(serving, serve);
static DEFINE_KTHREAD_DELAYED_WORK(later, serve);
static DEFINE_KTHREAD_WORKER(own);

static int __init test_init(void)
{
	struct kthread_worker *worker = kthread_create_worker(KTW_FREEZABLE, "disk/%d", 3);
	struct kthread_work work;
	struct task_struct *thread;
	int first, second;

	if (IS_ERR(worker))
		return PTR_ERR(worker);
	pr_info("sizeof: worker %zu, work %zu, delayed work %zu\n", sizeof(*worker), sizeof(work), sizeof(later));
	pr_info("its thread: %s, flags %u\n", worker->task->comm, worker->flags);

	kthread_queue_work(worker, &holding);
	wait_for_completion(&entered);
	first = kthread_queue_work(worker, &serving);
	second = kthread_queue_work(worker, &serving);
	pr_info("kthread_queue_work: %d, again: %d\n", first, second);
	first = kthread_cancel_work_sync(&serving);
	second = kthread_cancel_work_sync(&serving);
	pr_info("kthread_cancel_work_sync of a queued work: %d, of an idle one: %d\n", first, second);
	kthread_init_work(&work, serve);
	kthread_queue_work(worker, &work);
	complete(&let_go);
	kthread_flush_work(&work);
	pr_info("served %d, by its thread %d %d, as the current work %d\n", served, on_its_thread, bound, is_current);

	first = kthread_queue_delayed_work(worker, &later, 1000 * HZ);
	second = timer_pending(&later.timer);
	pr_info("kthread_queue_delayed_work: %d, its timer pending %d, expires ahead %d\n", first, second,
		time_after(later.timer.expires, jiffies));
	first = kthread_mod_delayed_work(worker, &later, 0);
	kthread_flush_worker(worker);
	second = kthread_mod_delayed_work(worker, &later, 1000 * HZ);
	pr_info("kthread_mod_delayed_work of a pending one: %d, of an idle one: %d; served %d\n", first, second, served);
	pr_info("kthread_cancel_delayed_work_sync: %d\n", kthread_cancel_delayed_work_sync(&later));

	kthread_queue_work(worker, &serving);
	kthread_destroy_worker(worker);
	pr_info("what was queued was served before the end: %d\n", served);

	kthread_queue_work(&own, &serving);
	thread = kthread_run(kthread_worker_fn, &own, "own");
	kthread_flush_worker(&own);
	first = own.task == thread;
	pr_info("a worker of the module's: its thread %d, served %d; kthread_stop: %d\n", first, served,
		kthread_stop(thread));

	worker = kthread_create_worker_on_cpu(0, 0, "cpu/%u", 0);
	pr_info("on a cpu: %s\n", IS_ERR(worker) ? "refused" : worker->task->comm);
	kthread_destroy_worker(worker);
	return 0;
}
module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");
