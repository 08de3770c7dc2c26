// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its exit waits until the thread has nothing more to do, and not for its end, which takes a while; or, with `spins`, never comes. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>

static bool spins;
module_param(spins, bool, 0444);

static DECLARE_COMPLETION(done);

static int returns_late(void *data)
{
	complete(&done);
	do
		mdelay(100);
	while (READ_ONCE(spins));
	return 0;
}

static int __init returns_late_init(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(returns_late, NULL, "returns_late"));
}

static void __exit returns_late_exit(void)
{
	wait_for_completion(&done);
}

module_init(returns_late_init);
module_exit(returns_late_exit);
MODULE_LICENSE("Dual MIT/GPL");
