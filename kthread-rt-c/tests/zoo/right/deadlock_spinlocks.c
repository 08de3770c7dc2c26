// SPDX-License-Identifier: MIT OR Apache-2.0
/* Two threads take two locks of one class in the order of their addresses.
 *
 * kind: deadlock
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
static int begun;
static DECLARE_COMPLETION(moved);

/* Both transfers begin before either continues. */
static void both_begin(void)
{
	__atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&begun, __ATOMIC_SEQ_CST) < 2)
		cpu_relax();
}

static void transfer(struct account *from, struct account *to)
{
	both_begin();
	spin_lock(from < to ? &from->lock : &to->lock);
	spin_lock_nested(from < to ? &to->lock : &from->lock, SINGLE_DEPTH_NESTING);
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
	wait_for_completion(&moved);
	wait_for_completion(&moved);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
