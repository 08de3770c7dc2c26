// SPDX-License-Identifier: MIT OR Apache-2.0
/* Counts of references: what they answer, what they warn of, and where they stay then. */
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/refcount.h>

static refcount_t r;
static DEFINE_MUTEX(mutex);
static DEFINE_SPINLOCK(lock);

static void release(struct kref *kref)
{
	pr_info("released with %u\n", kref_read(kref));
}

static int call(struct notifier_block *nb, unsigned long action, void *data)
{
	pr_info("notifier of priority %d: %lu\n", nb->priority, action);
	return nb->priority == 1 && action == 7 ? notifier_from_errno(-EBUSY) : NOTIFY_OK;
}

static void notifiers(void)
{
	static BLOCKING_NOTIFIER_HEAD(chain);
	static struct notifier_block high = { .notifier_call = call, .priority = 2 };
	static struct notifier_block low = { .notifier_call = call, .priority = 1 };
	static struct notifier_block last = { .notifier_call = call, .priority = 0 };
	static struct notifier_block same = { .notifier_call = call, .priority = 1 };

	blocking_notifier_chain_register(&chain, &last);
	blocking_notifier_chain_register(&chain, &low);
	blocking_notifier_chain_register(&chain, &high);
	pr_info("again, and another of that priority: %d", blocking_notifier_chain_register(&chain, &low));
	pr_cont(" %d\n", blocking_notifier_chain_register_unique_prio(&chain, &same));
	pr_info("robust: %d\n", notifier_to_errno(blocking_notifier_call_chain_robust(&chain, 7, 8, NULL)));
}

static int __init begin(void)
{
	struct kref kref = KREF_INIT(2);
	unsigned long flags = 0;
	bool was, is;
	int old;

	refcount_set(&r, 1);
	pr_info("inc_not_zero, read: %d", refcount_inc_not_zero(&r));
	pr_cont(" %u\n", refcount_read(&r));
	__refcount_inc(&r, &old);
	pr_info("__refcount_inc of: %d\n", old);
	pr_info("dec_if_one, dec_not_one: %d", refcount_dec_if_one(&r));
	pr_cont(" %d\n", refcount_dec_not_one(&r));
	pr_info("sub_and_test(1), dec_and_test: %d", refcount_sub_and_test(1, &r));
	pr_cont(" %d\n", refcount_dec_and_test(&r));
	pr_info("inc_not_zero, add_not_zero of 0: %d %d\n", refcount_inc_not_zero(&r), refcount_add_not_zero(2, &r));

	refcount_set(&r, 2);
	pr_info("dec_and_mutex_lock of 2, of 1: %d", refcount_dec_and_mutex_lock(&r, &mutex));
	pr_cont(" %d", refcount_dec_and_mutex_lock(&r, &mutex));
	pr_cont(", locked: %d\n", mutex_is_locked(&mutex));
	mutex_unlock(&mutex);
	refcount_set(&r, 2);
	pr_info("dec_and_lock of 2, of 1: %d", refcount_dec_and_lock(&r, &lock));
	pr_cont(" %d\n", refcount_dec_and_lock(&r, &lock));
	spin_unlock(&lock);
	refcount_set(&r, 2);
	pr_info("dec_and_lock_irqsave of 2, of 1: %d", refcount_dec_and_lock_irqsave(&r, &lock, &flags));
	pr_cont(" %d\n", refcount_dec_and_lock_irqsave(&r, &lock, &flags));
	spin_unlock_irqrestore(&lock, flags);

	pr_info("REFCOUNT_MAX, REFCOUNT_SATURATED: %x %x\n", REFCOUNT_MAX, (unsigned int)REFCOUNT_SATURATED);
	refcount_set(&r, 0);
	refcount_inc(&r);
	pr_info("inc of 0: %x\n", refcount_read(&r));
	refcount_set(&r, REFCOUNT_MAX);
	refcount_inc(&r);
	pr_info("inc of the greatest: %x\n", refcount_read(&r));
	was = refcount_inc_not_zero(&r);
	is = refcount_dec_and_test(&r);
	pr_info("and then inc_not_zero, dec_and_test: %d %d, %x\n", was, is, refcount_read(&r));
	is = refcount_dec_not_one(&r);
	pr_info("dec_not_one of a saturated one: %d, %x\n", is, refcount_read(&r));
	refcount_set(&r, 0);
	is = refcount_dec_and_test(&r);
	pr_info("dec_and_test of 0: %d, %x\n", is, refcount_read(&r));
	refcount_set(&r, 0);
	is = refcount_dec_not_one(&r);
	pr_info("dec_not_one of 0: %d, %x\n", is, refcount_read(&r));
	refcount_set(&r, 1);
	refcount_dec(&r);
	pr_info("dec of 1: %x\n", refcount_read(&r));

	kref_get(&kref);
	pr_info("kref_put of 3, of 2: %d", kref_put(&kref, release));
	pr_cont(" %d\n", kref_put_mutex(&kref, release, &mutex));
	pr_info("kref_put_lock of the last: %d\n", kref_put_lock(&kref, release, &lock));
	spin_unlock(&lock);
	pr_info("kref_get_unless_zero: %d\n", kref_get_unless_zero(&kref));
	notifiers();
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
