// SPDX-License-Identifier: MIT OR Apache-2.0
/* Calls that are put off: their cookies, whom they wait for, and domains. */
#include "ask.h"
#include <linux/async.h>

struct call {
	async_cookie_t given;
	async_cookie_t seen;
	struct completion began;
	struct completion go_on;
	struct async_domain *domain;
	int turn;
	bool is_async;
	bool in_order;
};

static atomic_t turns;
static atomic_t ended;

static void runs(void *data, async_cookie_t cookie)
{
	struct call *call = data;

	call->seen = cookie;
	call->is_async = current_is_async();
	complete(&call->began);
	wait_for_completion(&call->go_on);
	/* What was scheduled before is done by then. */
	if (call->in_order) {
		if (call->domain)
			async_synchronize_cookie_domain(cookie, call->domain);
		else
			async_synchronize_cookie(cookie);
	}
	call->turn = atomic_inc_return(&turns);
	atomic_inc(&ended);
}

static struct call calls[3];

static void set_up(bool in_order, struct async_domain *domain)
{
	int i;

	atomic_set(&turns, 0);
	atomic_set(&ended, 0);
	for (i = 0; i < 3; i++) {
		init_completion(&calls[i].began);
		init_completion(&calls[i].go_on);
		calls[i].domain = domain;
		calls[i].in_order = in_order;
		calls[i].turn = 0;
		calls[i].given = domain ? async_schedule_domain(runs, &calls[i], domain) : async_schedule(runs, &calls[i]);
	}
	for (i = 0; i < 3; i++)
		wait_for_completion(&calls[i].began);
}

CASE(cookies, "async_schedule async_synchronize_full async_synchronize_cookie async_cookie_t current_is_async")
{
	int i;

	answer("here is_async=%d", current_is_async());
	set_up(false, NULL);
	answer("rising=%d by_one=%d not_zero=%d", calls[0].given < calls[1].given && calls[1].given < calls[2].given,
	       calls[1].given == calls[0].given + 1, !!calls[0].given);
	for (i = 0; i < 3; i++)
		answer("i=%d same_cookie=%d is_async=%d", i, calls[i].seen == calls[i].given, calls[i].is_async);
	complete(&calls[0].go_on);
	complete(&calls[1].go_on);
	/* What has a smaller cookie than the third. */
	async_synchronize_cookie(calls[2].given);
	answer("before_third ended=%d", atomic_read(&ended));
	complete(&calls[2].go_on);
	async_synchronize_full();
	answer("full ended=%d", atomic_read(&ended));
}

/* The last is let go first, and waits for those before it. */
CASE(in_order, "async_synchronize_cookie async_synchronize_cookie_domain async_schedule_domain async_synchronize_full_domain ASYNC_DOMAIN")
{
	static ASYNC_DOMAIN(domain);
	int i, own;

	for (own = 0; own < 2; own++) {
		set_up(true, own ? &domain : NULL);
		for (i = 2; i >= 0; i--)
			complete(&calls[i].go_on);
		if (own)
			async_synchronize_full_domain(&domain);
		else
			async_synchronize_full();
		answer("own_domain=%d turns=%d,%d,%d", own, calls[0].turn, calls[1].turn, calls[2].turn);
	}
}

struct waiter {
	struct async_domain *domain;
	struct completion begun;
	struct completion ended;
	int seen;
};

static int waits(void *data)
{
	struct waiter *waiter = data;

	complete(&waiter->begun);
	if (waiter->domain)
		async_synchronize_full_domain(waiter->domain);
	else
		async_synchronize_full();
	waiter->seen = atomic_read(&ended);
	complete(&waiter->ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

/* A domain of its own is waited for by nobody else; others are waited for by all. */
CASE(domains, "ASYNC_DOMAIN ASYNC_DOMAIN_EXCLUSIVE async_schedule_domain async_synchronize_full async_synchronize_full_domain async_domain")
{
	static ASYNC_DOMAIN(registered);
	static ASYNC_DOMAIN_EXCLUSIVE(exclusive);
	static struct waiter waiter;
	struct task_struct *task;
	int i, early;

	set_up(false, &exclusive);
	async_synchronize_full();
	async_synchronize_full_domain(&registered);
	answer("exclusive full_waited=%d", atomic_read(&ended));
	for (i = 0; i < 3; i++)
		complete(&calls[i].go_on);
	async_synchronize_full_domain(&exclusive);
	answer("exclusive ended=%d", atomic_read(&ended));
	for (i = 0; i < 2; i++) {
		set_up(false, &registered);
		waiter.domain = i ? &registered : NULL;
		init_completion(&waiter.begun);
		init_completion(&waiter.ended);
		task = ask_thread(waits, &waiter);
		wait_for_completion(&waiter.begun);
		until_state(task, TASK_UNINTERRUPTIBLE);
		early = completion_done(&waiter.ended);
		complete(&calls[0].go_on);
		complete(&calls[1].go_on);
		complete(&calls[2].go_on);
		wait_for_completion(&waiter.ended);
		answer("registered by_domain=%d early=%d ended=%d", i, early, waiter.seen);
		kthread_stop(task);
	}
}

ASK_MODULE(&case_cookies, &case_in_order, &case_domains);
