// SPDX-License-Identifier: MIT OR Apache-2.0
/* Chains whose entries may be freed once they are taken off: a removal waits for a call that is under way. */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/notifier.h>

static BLOCKING_NOTIFIER_HEAD(blocking);
SRCU_NOTIFIER_HEAD_STATIC(srcu);
static ATOMIC_NOTIFIER_HEAD(atomic);

static DECLARE_COMPLETION(called);
static DECLARE_COMPLETION(removed);

static int call(struct notifier_block *nb, unsigned long action, void *data)
{
	complete(&called);
	/* In vain: who removes the entry waits for this call. */
	pr_info("removed during a call: %lu\n", wait_for_completion_timeout(&removed, msecs_to_jiffies(100)));
	return NOTIFY_OK;
}

static struct notifier_block nb = { .notifier_call = call };

static int remover(void *is_srcu)
{
	int error;

	wait_for_completion(&called);
	error = is_srcu ? srcu_notifier_chain_unregister(&srcu, &nb) : blocking_notifier_chain_unregister(&blocking, &nb);
	complete(&removed);
	return error;
}

static int removal(const char *kind, void *is_srcu)
{
	struct task_struct *task = kthread_create(remover, is_srcu, "remover");
	int error;

	get_task_struct(task);
	wake_up_process(task);
	pr_info("%s: %d\n", kind, is_srcu ? srcu_notifier_call_chain(&srcu, 0, NULL) : blocking_notifier_call_chain(&blocking, 0, NULL));
	wait_for_completion(&removed);
	error = kthread_stop(task);
	put_task_struct(task);
	return error;
}

static int quick(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_STOP;
}

static struct notifier_block stop = { .notifier_call = quick };

static int __init begin(void)
{
	struct srcu_notifier_head made;
	struct blocking_notifier_head too;

	blocking_notifier_chain_register(&blocking, &nb);
	pr_info("removal: %d\n", removal("blocking", NULL));
	srcu_notifier_chain_register(&srcu, &nb);
	pr_info("removal: %d\n", removal("srcu", &srcu));
	pr_info("none on it: %d\n", srcu_notifier_chain_unregister(&srcu, &nb));

	atomic_notifier_chain_register(&atomic, &stop);
	pr_info("atomic: %x", atomic_notifier_call_chain(&atomic, 0, NULL));
	pr_cont(" %d", atomic_notifier_chain_unregister(&atomic, &stop));
	pr_cont(" %d", atomic_notifier_chain_unregister(&atomic, &stop));
	pr_cont(" %x\n", atomic_notifier_call_chain(&atomic, 0, NULL));

	srcu_init_notifier_head(&made);
	srcu_notifier_chain_register(&made, &stop);
	pr_info("made: %x", srcu_notifier_call_chain(&made, 0, NULL));
	srcu_cleanup_notifier_head(&made);
	BLOCKING_INIT_NOTIFIER_HEAD(&too);
	blocking_notifier_chain_register(&too, &stop);
	pr_cont(" %x\n", blocking_notifier_call_chain(&too, 0, NULL));
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
