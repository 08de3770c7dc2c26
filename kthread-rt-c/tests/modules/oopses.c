// SPDX-License-Identifier: MIT OR Apache-2.0
/* Oopses where it is told to: in its init, in its exit, or in a thread. */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>

static char *where = "init";
module_param(where, charp, 0);

static struct task_struct *task;
static DECLARE_COMPLETION(begun);

static noinline void broken(const char *place)
{
	BUG_ON(where[0] == place[0]);
}

static int oopser(void *data)
{
	complete(&begun);
	broken("thread");
	return 0;
}

static int __init oopses_init(void)
{
	broken("init");
	task = kthread_run(oopser, NULL, "oopser");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&begun);
	return 0;
}

static void __exit oopses_exit(void)
{
	pr_info("the thread returned %d\n", kthread_stop(task));
	broken("exit");
}

module_init(oopses_init);
module_exit(oopses_exit);
MODULE_LICENSE("Dual MIT/GPL");
