// SPDX-License-Identifier: MIT OR Apache-2.0
/* RCU whose readers may sleep: callbacks, and grace periods that are asked about. */
#include "ask.h"
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(defined);

static struct {
	struct rcu_head head;
	int turn;
} called[3];
static int turn;

static void takes_turn(struct rcu_head *head)
{
	container_of(head, typeof(called[0]), head)->turn = ++turn;
}

CASE(callbacks, "call_srcu srcu_barrier")
{
	int i, idx = srcu_read_lock(&defined);

	turn = 0;
	preempt_disable();
	for (i = 0; i < 3; i++)
		call_srcu(&defined, &called[i].head, takes_turn);
	preempt_enable();
	answer("with_reader called=%d", turn);
	srcu_read_unlock(&defined, idx);
	srcu_barrier(&defined);
	answer("turns=%d,%d,%d", called[0].turn, called[1].turn, called[2].turn);
}

CASE(poll, "get_state_synchronize_srcu start_poll_synchronize_srcu poll_state_synchronize_srcu")
{
	unsigned long old, started;
	int idx, before;

	old = get_state_synchronize_srcu(&defined);
	answer("fresh=%d", poll_state_synchronize_srcu(&defined, old));
	synchronize_srcu(&defined);
	answer("after_synchronize=%d", poll_state_synchronize_srcu(&defined, old));
	idx = srcu_read_lock(&defined);
	started = start_poll_synchronize_srcu(&defined);
	/* Time for one that does not wait. */
	schedule_timeout_uninterruptible(5);
	before = poll_state_synchronize_srcu(&defined, started);
	srcu_read_unlock(&defined, idx);
	until(poll_state_synchronize_srcu(&defined, started));
	answer("with_reader=%d", before);
	srcu_barrier(&defined);
}

ASK_MODULE(&case_callbacks, &case_poll);
