// SPDX-License-Identifier: MIT OR Apache-2.0
/* Waits that begin with a lock held, which they open before they sleep: it is the sleep that must not be atomic. */
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(wq);
static DEFINE_SPINLOCK(lock);
static int looks;

/* True at the third look: the task has queued up and slept before. */
#define third_look (++looks == 3)
/* By a wake-up that comes before the sleep. */
#define wake wake_up(&wq)

static int __init waits_init(void)
{
	long left;
	int ret;

	spin_lock_irq(&lock);
	wait_event_lock_irq(wq, true, lock);
	wait_event_lock_irq_cmd(wq, third_look, lock, wake);
	pr_info("lock_irq_cmd: %d looks, locked %d\n", looks, spin_is_locked(&lock));
	ret = wait_event_interruptible_lock_irq(wq, true, lock);
	left = wait_event_interruptible_lock_irq_timeout(wq, true, lock, 7);
	pr_info("interruptible: %d, %ld left\n", ret, left);
	left = wait_event_lock_irq_timeout(wq, false, lock, 0);
	pr_info("no time: %ld\n", left);
	spin_unlock_irq(&lock);

	looks = 0;
	preempt_disable();
	wait_event_cmd(wq, third_look, (preempt_enable(), wake), preempt_disable());
	looks = 0;
	wait_event_exclusive_cmd(wq, third_look, (preempt_enable(), wake), preempt_disable());
	preempt_enable();

	spin_lock(&wq.lock);
	ret = wait_event_interruptible_locked(wq, true);
	ret |= wait_event_interruptible_exclusive_locked(wq, true);
	spin_unlock(&wq.lock);
	spin_lock_irq(&wq.lock);
	ret |= wait_event_interruptible_locked_irq(wq, true);
	ret |= wait_event_interruptible_exclusive_locked_irq(wq, true);
	spin_unlock_irq(&wq.lock);
	pr_info("locked: %d\n", ret);

	pr_info("atomic when it sleeps:\n");
	looks = 0;
	preempt_disable();
	wait_event_cmd(wq, third_look, wake, barrier());
	preempt_enable();
	return 0;
}

static void __exit waits_exit(void)
{
}

module_init(waits_init);
module_exit(waits_exit);
MODULE_LICENSE("GPL");
