// SPDX-License-Identifier: MIT OR Apache-2.0
/* RCU: grace periods that are asked about, rather than waited for. */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/rcupdate.h>

static struct completion inside;
static atomic_t go_on;

static int reads(void *data)
{
	rcu_read_lock();
	complete(&inside);
	while (!atomic_read(&go_on))
		cpu_relax();
	rcu_read_unlock();
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

CASE(poll, "get_state_synchronize_rcu start_poll_synchronize_rcu poll_state_synchronize_rcu cond_synchronize_rcu"
	   " get_completed_synchronize_rcu synchronize_rcu")
{
	unsigned long old, started;
	struct task_struct *reader;
	int before, after, later;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	old = get_state_synchronize_rcu();
	answer("fresh=%d", poll_state_synchronize_rcu(old));
	synchronize_rcu();
	answer("after_synchronize=%d again=%d", poll_state_synchronize_rcu(old), poll_state_synchronize_rcu(old));
	answer("completed=%d", poll_state_synchronize_rcu(get_completed_synchronize_rcu()));
	/* Nothing to wait for. */
	cond_synchronize_rcu(old);
	init_completion(&inside);
	atomic_set(&go_on, 0);
	reader = kthread_create(reads, NULL, "reader");
	kthread_bind(reader, cpumask_last(cpu_online_mask));
	wake_up_process(reader);
	wait_for_completion(&inside);
	started = start_poll_synchronize_rcu();
	before = poll_state_synchronize_rcu(started);
	/* Time for one that does not wait. */
	schedule_timeout_uninterruptible(5);
	after = poll_state_synchronize_rcu(started);
	atomic_set(&go_on, 1);
	/* It was started, so it comes to its end. */
	until(poll_state_synchronize_rcu(started));
	answer("with_reader before=%d after=%d", before, after);
	kthread_stop(reader);
	old = get_state_synchronize_rcu();
	cond_synchronize_rcu(old);
	later = poll_state_synchronize_rcu(old);
	answer("cond_synchronize then=%d", later);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

ASK_MODULE(&case_poll);
