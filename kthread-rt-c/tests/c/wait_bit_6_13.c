// SPDX-License-Identifier: MIT OR Apache-2.0
/* Only a bit that was set is cleared, and its waiter woken. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/wait_bit.h>

static unsigned long word = 1UL << 3;

static int waiter_fn(void *data)
{
	return wait_on_bit(&word, 3, TASK_UNINTERRUPTIBLE) ? 1 : 7;
}

static int __init begin(void)
{
	struct task_struct *waiter = kthread_run(waiter_fn, NULL, "waiter");

	if (IS_ERR(waiter))
		return PTR_ERR(waiter);
	while (!waitqueue_active(bit_waitqueue(&word, 3)))
		msleep(1);
	pr_info("clear: %d\n", test_and_clear_wake_up_bit(5, &word));
	pr_info("waits: %d\n", waitqueue_active(bit_waitqueue(&word, 3)));
	pr_info("set: %d\n", test_and_clear_wake_up_bit(3, &word));
	/* A stop would not end the wait. */
	pr_info("woken: %d\n", kthread_stop(waiter));
	pr_info("again: %d, word: %lu\n", test_and_clear_wake_up_bit(3, &word), word);
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
