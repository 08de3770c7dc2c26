// SPDX-License-Identifier: MIT OR Apache-2.0
/* Two threads take two locks of one class in opposite orders.
 *
 * kind: deadlock
 * told: deadlock: 2 tasks wait in a circle
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

struct account {
	spinlock_t lock;
	long balance;
};

static struct account accounts[2];
static int holders;
static DECLARE_COMPLETION(moved);

/* Both transfers have their first lock before either continues. */
static void both_hold_one(void)
{
	__atomic_add_fetch(&holders, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&holders, __ATOMIC_SEQ_CST) < 2)
		cpu_relax();
}

static void transfer(struct account *from, struct account *to)
{
	spin_lock(&from->lock);
	both_hold_one();
	spin_lock_nested(&to->lock, SINGLE_DEPTH_NESTING); /* TOLD */
	from->balance--;
	to->balance++;
	spin_unlock(&to->lock);
	spin_unlock(&from->lock);
}

static int there(void *data)
{
	transfer(&accounts[0], &accounts[1]);
	complete(&moved);
	return 0;
}

static int back(void *data)
{
	transfer(&accounts[1], &accounts[0]);
	complete(&moved);
	return 0;
}

static int __init zoo_init(void)
{
	for (int i = 0; i < 2; i++)
		spin_lock_init(&accounts[i].lock);
	if (IS_ERR(kthread_run(there, NULL, "there")) || IS_ERR(kthread_run(back, NULL, "back")))
		return -EAGAIN;
	/* A spinning task checks for a deadlock before it marks the lock contended. */
	while (!spin_is_contended(&accounts[0].lock) || !spin_is_contended(&accounts[1].lock))
		cpu_relax();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
