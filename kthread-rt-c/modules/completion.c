// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The C twin of examples/completion.rs: one flow waits until another has done something.
 *
 * A completion counts: complete() adds one and lets the one go that has waited longest, complete_all() opens it for everybody, and
 * reinit_completion() closes it again.
 */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>

enum { WAITERS = 4 };

static DECLARE_COMPLETION(request_made);
static DECLARE_COMPLETION(answer_given);
static int question, answer;

static DECLARE_COMPLETION(gate);
static DECLARE_COMPLETION(went);

/* Squares numbers until it is stopped: kthread_stop() ends an interruptible wait. */
static int squarer(void *data)
{
	int served = 0;

	while (!wait_for_completion_interruptible(&request_made)) {
		answer = question * question;
		served++;
		complete(&answer_given);
	}
	return served;
}

static int request_and_answer(void)
{
	struct task_struct *task = kthread_run(squarer, NULL, "squarer");

	if (IS_ERR(task))
		return PTR_ERR(task);
	for (question = 3; question <= 5; question++) {
		complete(&request_made);
		wait_for_completion(&answer_given);
		pr_info("%d squared is %d\n", question, answer);
	}
	pr_info("squarer has served %d requests\n", kthread_stop(task));
	return 0;
}

static int waiter(void *data)
{
	wait_for_completion(&gate);
	complete(&went);
	return 0;
}

static int one_or_all(void)
{
	int i, gone;

	for (i = 0; i < WAITERS; i++) {
		struct task_struct *task = kthread_run(waiter, NULL, "waiter/%d", i);

		if (IS_ERR(task)) {
			complete_all(&gate);
			return PTR_ERR(task);
		}
	}
	complete(&gate);
	wait_for_completion(&went);
	pr_info("complete let 1 of %d go, another look: %d\n", WAITERS, try_wait_for_completion(&went));
	complete_all(&gate);
	for (gone = 1; gone < WAITERS; gone++)
		wait_for_completion(&went);
	pr_info("complete_all let the other %d go, and it stays open: %d\n", gone - 1, completion_done(&gate));
	reinit_completion(&gate);
	pr_info("after reinit_completion: %d\n", completion_done(&gate));
	return 0;
}

static int __init completion_example_init(void)
{
	unsigned long left;
	int error = request_and_answer();

	if (!error)
		error = one_or_all();
	if (error)
		return error;
	left = wait_for_completion_timeout(&gate, msecs_to_jiffies(20));
	pr_info("a wait that times out returns %lu\n", left);
	complete(&gate);
	left = wait_for_completion_timeout(&gate, msecs_to_jiffies(20));
	pr_info("one that does not returns what is left, at least 1: %d\n", left >= 1);
	return 0;
}

/* The waiters' code is used until they have ended; ukmod unmaps it only then, and a kernel's module would have to stop them. */
static void __exit completion_example_exit(void)
{
}

module_init(completion_example_init);
module_exit(completion_example_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Completions: one, all, timeouts, and the end by kthread_stop");
