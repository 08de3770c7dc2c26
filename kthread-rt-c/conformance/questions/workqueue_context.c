// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Whose thread a work runs on and what it may do there, the queues that are there from the
 * beginning, and what can't be had.
 */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

static struct {
	char comm[TASK_COMM_LEN];
	unsigned int flags;
	int nice;
	unsigned int policy;
	unsigned int cpu;
	bool is_current;
	bool in_task;
	int count;
} seen;

static struct completion ran;

static void looks(struct work_struct *work)
{
	get_task_comm(seen.comm, current);
	seen.flags = current->flags;
	seen.nice = task_nice(current);
	seen.policy = current->policy;
	seen.cpu = raw_smp_processor_id();
	seen.is_current = current_work() == work;
	seen.in_task = in_task();
	seen.count = preempt_count();
	complete(&ran);
}

static void look(const char *what, struct workqueue_struct *wq, int cpu)
{
	struct work_struct work;
	int queued;

	if (!wq) {
		answer("%s no_queue", what);
		return;
	}
	INIT_WORK_ONSTACK(&work, looks);
	init_completion(&ran);
	queued = queue_work_on(cpu, wq, &work);
	wait_for_completion(&ran);
	flush_work(&work);
	destroy_work_on_stack(&work);
	answer("%s queue=%d kworker=%d highpri=%d unbound=%d nice=%d policy=%u", what, queued, !strncmp(seen.comm, "kworker/", 8),
	       !!strchr(seen.comm, 'H'), seen.comm[8] == 'u', seen.nice, seen.policy);
	answer("%s wq_worker=%d kthread=%d no_setaffinity=%d current=%d in_task=%d preempt_count=%d", what,
	       !!(seen.flags & PF_WQ_WORKER), !!(seen.flags & PF_KTHREAD), !!(seen.flags & PF_NO_SETAFFINITY), seen.is_current,
	       seen.in_task, seen.count);
	if (cpu != WORK_CPU_UNBOUND)
		answer("%s cpu=%u", what, seen.cpu);
}

CASE(system, "system_wq system_highpri_wq system_long_wq system_unbound_wq system_freezable_wq system_power_efficient_wq"
	     " system_freezable_power_efficient_wq queue_work_on current_work PF_WQ_WORKER PF_KTHREAD PF_NO_SETAFFINITY WORK_CPU_UNBOUND"
	     " INIT_WORK_ONSTACK destroy_work_on_stack")
{
	look("normal", system_wq, WORK_CPU_UNBOUND);
	look("cpu0", system_wq, 0);
	look("highpri", system_highpri_wq, 0);
	look("long", system_long_wq, 0);
	look("unbound", system_unbound_wq, WORK_CPU_UNBOUND);
	look("freezable", system_freezable_wq, 0);
	look("power_efficient", system_power_efficient_wq, 0);
	look("freezable_power_efficient", system_freezable_power_efficient_wq, 0);
}

/* The name of a worker tells its cpu and its number: the latter is anybody's. */
CASE(names, "alloc_workqueue WQ_HIGHPRI WQ_UNBOUND queue_work_on get_task_comm")
{
	struct workqueue_struct *wq = alloc_workqueue("ask_names", 0, 0);
	unsigned int cpu, number;
	char rest[16] = "";
	int read;

	look("own", wq, 0);
	read = sscanf(seen.comm, "kworker/%u:%u%15s", &cpu, &number, rest);
	answer("own read=%d cpu=%u rest=[%s]", read, cpu, rest);
	destroy_workqueue(wq);
	wq = alloc_workqueue("ask_names_hi", WQ_HIGHPRI, 0);
	look("own_highpri", wq, 0);
	rest[0] = 0;
	read = sscanf(seen.comm, "kworker/%u:%u%15s", &cpu, &number, rest);
	answer("own_highpri read=%d cpu=%u rest=[%.1s]", read, cpu, rest);
	destroy_workqueue(wq);
	wq = alloc_workqueue("ask_names_unbound", WQ_UNBOUND, 0);
	look("own_unbound", wq, WORK_CPU_UNBOUND);
	rest[0] = 0;
	read = sscanf(seen.comm, "kworker/u%u:%u%15s", &cpu, &number, rest);
	answer("own_unbound read=%d", read);
	destroy_workqueue(wq);
	wq = alloc_workqueue("ask_names_unbound_hi", WQ_UNBOUND | WQ_HIGHPRI, 0);
	look("own_unbound_highpri", wq, WORK_CPU_UNBOUND);
	destroy_workqueue(wq);
}

CASE(none, "current_work")
{
	answer("current_work=%d", !!current_work());
}

static atomic_t runs;

static void counts(struct work_struct *work)
{
	atomic_inc(&runs);
}

static DECLARE_WORK(work, counts);
static DECLARE_DELAYED_WORK(delayed, counts);

CASE(schedule, "schedule_work schedule_work_on schedule_delayed_work schedule_delayed_work_on mod_delayed_work_on queue_delayed_work_on"
	       " flush_work flush_delayed_work cancel_delayed_work_sync")
{
	int first, second, third;

	atomic_set(&runs, 0);
	first = schedule_work(&work);
	flush_work(&work);
	second = schedule_work_on(0, &work);
	flush_work(&work);
	answer("schedule=%d on=%d runs=%d", first, second, atomic_read(&runs));
	first = schedule_delayed_work(&delayed, 3600 * HZ);
	second = schedule_delayed_work(&delayed, 0);
	third = schedule_delayed_work_on(0, &delayed, 0);
	answer("delayed=%d again=%d on=%d", first, second, third);
	first = mod_delayed_work_on(0, system_wq, &delayed, 0);
	flush_delayed_work(&delayed);
	second = queue_delayed_work_on(0, system_wq, &delayed, 1);
	until(atomic_read(&runs) == 4);
	flush_delayed_work(&delayed);
	third = mod_delayed_work_on(0, system_wq, &delayed, 3600 * HZ);
	answer("mod=%d queue=%d mod_idle=%d cancel=%d runs=%d", first, second, third, cancel_delayed_work_sync(&delayed),
	       atomic_read(&runs));
}

/* Calls at once where it may sleep. */
static void says_where(struct work_struct *work)
{
	atomic_set(&runs, current_work() == work ? 2 : 1);
}

CASE(process_context, "execute_in_process_context execute_work")
{
	static struct execute_work ew;
	int result;

	atomic_set(&runs, 0);
	result = execute_in_process_context(says_where, &ew);
	answer("in_task=%d where=%d", result, atomic_read(&runs));
	local_bh_disable();
	result = execute_in_process_context(says_where, &ew);
	local_bh_enable();
	flush_work(&ew.work);
	answer("bh_disabled=%d where=%d", result, atomic_read(&runs));
}

static long on_cpu(void *arg)
{
	return raw_smp_processor_id() * 1000 + (long)arg;
}

static long fails(void *arg)
{
	return -EBUSY;
}

CASE(work_on_cpu, "work_on_cpu work_on_cpu_safe")
{
	answer("result=%ld", work_on_cpu(0, on_cpu, (void *)7L));
	answer("error=%ld", work_on_cpu(0, fails, NULL));
	answer("safe=%ld", work_on_cpu_safe(0, on_cpu, (void *)8L));
	answer("safe_error=%ld", work_on_cpu_safe(0, fails, NULL));
}

static cpumask_t cpus;

static void notes_cpu(struct work_struct *work)
{
	cpumask_set_cpu(raw_smp_processor_id(), &cpus);
}

/* No module of a kernel may call it, so nobody answers but kthread-rt. */
OURS(each_cpu, "schedule_on_each_cpu", "result=0 on_each=1")
{
#ifdef ASK_OURS
	int result;

	cpumask_clear(&cpus);
	result = schedule_on_each_cpu(notes_cpu);
	answer("result=%d on_each=%d", result, cpumask_subset(cpu_online_mask, &cpus));
#else
	notes_cpu(NULL);
#endif
}

CASE(flags, "WQ_UNBOUND WQ_FREEZABLE WQ_MEM_RECLAIM WQ_HIGHPRI WQ_CPU_INTENSIVE WQ_SYSFS WQ_POWER_EFFICIENT WQ_MAX_ACTIVE"
	    " WQ_DFL_ACTIVE WORK_CPU_UNBOUND")
{
	answer("unbound=0x%x freezable=0x%x reclaim=0x%x highpri=0x%x intensive=0x%x sysfs=0x%x efficient=0x%x", WQ_UNBOUND,
	       WQ_FREEZABLE, WQ_MEM_RECLAIM, WQ_HIGHPRI, WQ_CPU_INTENSIVE, WQ_SYSFS, WQ_POWER_EFFICIENT);
	answer("max_active=%d default=%d", WQ_MAX_ACTIVE, WQ_DFL_ACTIVE);
	answer("cpu_unbound_is_no_cpu=%d", WORK_CPU_UNBOUND >= nr_cpu_ids);
}

/* Who is in a queue of its own, and flushes another's. */
static struct work_struct other;
static int flushed;

static void flushes(struct work_struct *work)
{
	flushed = flush_work(&other) + 10;
	complete(&ran);
}

CASE(from_work, "flush_work queue_work alloc_ordered_workqueue")
{
	struct workqueue_struct *one = alloc_ordered_workqueue("ask_one", 0), *two = alloc_ordered_workqueue("ask_two", 0);
	struct work_struct flusher;

	INIT_WORK_ONSTACK(&flusher, flushes);
	INIT_WORK(&other, counts);
	atomic_set(&runs, 0);
	init_completion(&ran);
	queue_work(one, &flusher);
	wait_for_completion(&ran);
	answer("idle=%d", flushed);
	flush_work(&flusher);
	destroy_work_on_stack(&flusher);
	destroy_workqueue(one);
	destroy_workqueue(two);
}

/* A kernel would wait for ever. */
static struct workqueue_struct *its_queue;
static int on_itself;

static void waits_for_itself(struct work_struct *work)
{
	on_itself = flush_work(work);
	complete(&ran);
}

OURS(waits_for_itself, "flush_work", "flush=0")
{
	struct work_struct itself;

	its_queue = alloc_workqueue("ask_itself", 0, 0);
	INIT_WORK_ONSTACK(&itself, waits_for_itself);
	init_completion(&ran);
	queue_work(its_queue, &itself);
	wait_for_completion(&ran);
	flush_work(&itself);
	answer("flush=%d", on_itself);
	destroy_work_on_stack(&itself);
	destroy_workqueue(its_queue);
}

ASK_MODULE(&case_system, &case_names, &case_none, &case_schedule, &case_process_context, &case_work_on_cpu, &case_each_cpu,
	   &case_flags, &case_from_work, &case_waits_for_itself);
