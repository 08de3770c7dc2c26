// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/srcu.h>

struct entry {
	int value;
	struct rcu_head rcu;
	struct list_head list;
};

static struct entry __rcu *shown;
static LIST_HEAD(entries);
static DECLARE_COMPLETION(inside);
static DECLARE_COMPLETION(leave);
static DEFINE_SRCU(srcu);
static atomic_t freed = ATOMIC_INIT(0);

static void free_entry(struct rcu_head *head)
{
	kfree(container_of(head, struct entry, rcu));
	atomic_inc(&freed);
}

static int reader(void *unused)
{
	struct entry *entry;

	rcu_read_lock();
	entry = rcu_dereference(shown);
	complete(&inside);
	/* It sleeps in the section, which a kernel's may not: the hand-shake of a test. */
	wait_for_completion(&leave);
	pr_info("the reader still has %d, freed %d\n", entry->value, atomic_read(&freed));
	rcu_read_unlock();
	return 0;
}

static void rcu(void)
{
	struct entry *old, *entry;
	struct task_struct *task;
	int i, section;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	entry->value = 1;
	rcu_assign_pointer(shown, entry);
	task = kthread_run(reader, NULL, "reader");
	wait_for_completion(&inside);
	old = rcu_replace_pointer(shown, NULL, 1);
	call_rcu(&old->rcu, free_entry);
	complete(&leave);
	synchronize_rcu();
	rcu_barrier();
	pr_info("freed after rcu_barrier: %d\n", atomic_read(&freed));
	kthread_stop(task);

	for (i = 0; i < 3; i++) {
		entry = kzalloc(sizeof(*entry), GFP_KERNEL);
		entry->value = i;
		list_add_tail_rcu(&entry->list, &entries);
	}
	rcu_read_lock();
	pr_info("list:");
	list_for_each_entry_rcu(entry, &entries, list)
		pr_cont(" %d", entry->value);
	pr_cont(", held %d\n", rcu_read_lock_held());
	rcu_read_unlock();
	while ((entry = list_first_or_null_rcu(&entries, struct entry, list))) {
		list_del_rcu(&entry->list);
		kfree_rcu(entry, rcu);
	}
	rcu_barrier();
	section = srcu_read_lock(&srcu);
	srcu_read_unlock(&srcu, section);
	synchronize_srcu(&srcu);
	pr_info("held after: %d\n", rcu_read_lock_held());
}

static void pids(void)
{
	struct task_struct *task = kthread_create(reader, NULL, "unwoken");
	struct pid *pid = get_task_pid(task, PIDTYPE_PID);

	pr_info("pid_nr, pid_vnr, numbers[0].nr are pid: %d %d %d\n", pid_nr(pid) == task->pid, pid_vnr(pid) == task->pid,
		pid->numbers[0].nr == task->pid);
	pr_info("level, count: %u %u\n", pid->level, refcount_read(&pid->count));
	pr_info("find_vpid, find_get_pid: %d %d\n", find_vpid(task->pid) == pid, find_get_pid(task->pid) == pid);
	pr_info("pid_task is the task: %d, ns is init_pid_ns: %d\n", pid_task(pid, PIDTYPE_PID) == task,
		pid->numbers[0].ns == &init_pid_ns);
	pr_info("kthread_stop: %d\n", kthread_stop(task));
	pr_info("pid_task, kill_pid, find_vpid of an ended task: %d %d %d\n", pid_task(pid, PIDTYPE_PID) == NULL,
		kill_pid(pid, 15, 1), find_vpid(pid_nr(pid)) == NULL);
	put_pid(pid);
	put_pid(pid);
	pr_info("get_task_mm of a kthread: %d\n", get_task_mm(kthreadd_task) == NULL);
}

struct counters {
	long a, b;
};
static DEFINE_PER_CPU(struct counters, counters) = { 1, 2 };

static void count_up(void *by)
{
	this_cpu_add(counters.b, (long)by);
}

static void cpus(void)
{
	cpumask_var_t mask;
	unsigned int cpu, seen = 0;
	long sum = 0;
	int *numbers = alloc_percpu(int);

	for_each_online_cpu(cpu)
		seen++;
	pr_info("for_each_online_cpu sees num_online_cpus(): %d\n", seen == num_online_cpus());
	if (!zalloc_cpumask_var(&mask, GFP_KERNEL))
		return;
	cpumask_set_cpu(2, mask);
	cpumask_set_cpu(70, mask);
	pr_info("weight, first, next, test: %u %u %u %d\n", cpumask_weight(mask), cpumask_first(mask), cpumask_next(2, mask),
		cpumask_test_cpu(70, mask));
	free_cpumask_var(mask);
	pr_info("cpumask_equal(cpumask_of(0), 0): %d\n", cpumask_test_cpu(0, cpumask_of(0)) && cpumask_weight(cpumask_of(0)) == 1);
	cpu = get_cpu();
	pr_info("get_cpu is online: %d, in_atomic: %d\n", cpu_online(cpu), in_atomic());
	put_cpu();
	on_each_cpu(count_up, (void *)10L, 1);
	for_each_possible_cpu(cpu)
		sum += per_cpu(counters, cpu).b - per_cpu(counters.a, cpu);
	pr_info("per-cpu sum is right: %d\n", sum == 10L * num_online_cpus() + num_possible_cpus());
	for_each_possible_cpu(cpu)
		*per_cpu_ptr(numbers, cpu) += (int)cpu + 1;
	sum = 0;
	for_each_possible_cpu(cpu)
		sum += *per_cpu_ptr(numbers, cpu);
	pr_info("alloc_percpu: %d\n", sum == (long)nr_cpu_ids * (nr_cpu_ids + 1) / 2);
	free_percpu(numbers);
}

static int __init begin(void)
{
	rcu();
	pids();
	cpus();
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
