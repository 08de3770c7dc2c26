// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Counts of references: what they return, and where they stick when they went wrong, which the
 * kernel warns of.
 */
#include "ask.h"
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

CASE(counts, "refcount_t REFCOUNT_INIT refcount_set refcount_read refcount_inc refcount_add refcount_dec refcount_dec_and_test"
	     " refcount_sub_and_test refcount_inc_not_zero refcount_add_not_zero refcount_dec_if_one refcount_dec_not_one")
{
	refcount_t r = REFCOUNT_INIT(1);
	int a, b, c, d;

	refcount_inc(&r);
	refcount_add(3, &r);
	refcount_dec(&r);
	answer("count=%u", refcount_read(&r));
	a = refcount_sub_and_test(2, &r);
	b = refcount_dec_and_test(&r);
	c = refcount_dec_and_test(&r);
	answer("sub=%d dec=%d last=%d count=%u", a, b, c, refcount_read(&r));
	a = refcount_inc_not_zero(&r);
	b = refcount_add_not_zero(5, &r);
	answer("of_zero inc=%d add=%d count=%u", a, b, refcount_read(&r));
	refcount_set(&r, 1);
	a = refcount_inc_not_zero(&r);
	b = refcount_add_not_zero(5, &r);
	answer("of_one inc=%d add=%d count=%u", a, b, refcount_read(&r));
	a = refcount_dec_if_one(&r);
	b = refcount_dec_not_one(&r);
	answer("of_seven if_one=%d not_one=%d count=%u", a, b, refcount_read(&r));
	refcount_set(&r, 1);
	a = refcount_dec_not_one(&r);
	b = refcount_dec_if_one(&r);
	c = refcount_dec_if_one(&r);
	answer("of_one not_one=%d if_one=%d again=%d count=%u", a, b, c, refcount_read(&r));
	refcount_set(&r, 5);
	d = refcount_sub_and_test(5, &r);
	answer("sub_all=%d", d);
}

/* From each count by each way. */
WARNS(saturates, "refcount_inc refcount_add refcount_dec refcount_dec_and_test refcount_sub_and_test refcount_inc_not_zero"
		" refcount_add_not_zero refcount_dec_not_one refcount_dec_if_one REFCOUNT_SATURATED REFCOUNT_MAX")
{
	static const unsigned int from[] = { 0, 1, REFCOUNT_MAX - 1, REFCOUNT_MAX, REFCOUNT_SATURATED, -1U };
	refcount_t r[9];
	int i, j, got[6];

	answer("max=%d saturated=%d", REFCOUNT_MAX, (int)REFCOUNT_SATURATED);
	for (i = 0; i < ARRAY_SIZE(from); i++) {
		for (j = 0; j < 9; j++)
			refcount_set(&r[j], from[i]);
		refcount_inc(&r[0]);
		refcount_add(2, &r[1]);
		refcount_dec(&r[2]);
		got[0] = refcount_dec_and_test(&r[3]);
		got[1] = refcount_sub_and_test(2, &r[4]);
		got[2] = refcount_inc_not_zero(&r[5]);
		got[3] = refcount_add_not_zero(2, &r[6]);
		got[4] = refcount_dec_not_one(&r[7]);
		got[5] = refcount_dec_if_one(&r[8]);
		answer("from=%d inc=%d add=%d dec=%d", (int)from[i], (int)refcount_read(&r[0]), (int)refcount_read(&r[1]),
		       (int)refcount_read(&r[2]));
		answer("from=%d dec_and_test=%d:%d sub_and_test=%d:%d", (int)from[i], got[0], (int)refcount_read(&r[3]), got[1],
		       (int)refcount_read(&r[4]));
		answer("from=%d inc_not_zero=%d:%d add_not_zero=%d:%d", (int)from[i], got[2], (int)refcount_read(&r[5]), got[3],
		       (int)refcount_read(&r[6]));
		answer("from=%d dec_not_one=%d:%d dec_if_one=%d:%d", (int)from[i], got[4], (int)refcount_read(&r[7]), got[5],
		       (int)refcount_read(&r[8]));
	}
}

static DEFINE_MUTEX(mutex);
static DEFINE_SPINLOCK(spin);

CASE(with_lock, "refcount_dec_and_mutex_lock refcount_dec_and_lock refcount_dec_and_lock_irqsave")
{
	refcount_t r = REFCOUNT_INIT(2);
	unsigned long flags;
	int a, b, locked, disabled;

	a = refcount_dec_and_mutex_lock(&r, &mutex);
	locked = mutex_is_locked(&mutex);
	b = refcount_dec_and_mutex_lock(&r, &mutex);
	answer("mutex first=%d locked=%d last=%d locked=%d count=%u", a, locked, b, mutex_is_locked(&mutex), refcount_read(&r));
	mutex_unlock(&mutex);
	refcount_set(&r, 2);
	a = refcount_dec_and_lock(&r, &spin);
	b = refcount_dec_and_lock(&r, &spin);
	locked = spin_is_locked(&spin);
	spin_unlock(&spin);
	answer("spin first=%d last=%d locked=%d count=%u", a, b, locked, refcount_read(&r));
	refcount_set(&r, 1);
	a = refcount_dec_and_lock_irqsave(&r, &spin, &flags);
	disabled = irqs_disabled();
	spin_unlock_irqrestore(&spin, flags);
	answer("irqsave last=%d irqs_disabled=%d", a, disabled);
}

static int released;

static void release(struct kref *kref)
{
	released++;
}

static void release_mutex(struct kref *kref)
{
	released += mutex_is_locked(&mutex) ? 10 : 100;
	mutex_unlock(&mutex);
}

static void release_spin(struct kref *kref)
{
	released += spin_is_locked(&spin) ? 10 : 100;
	spin_unlock(&spin);
}

CASE(kref, "kref KREF_INIT kref_init kref_get kref_put kref_read kref_get_unless_zero kref_put_mutex kref_put_lock")
{
	struct kref kref = KREF_INIT(3);
	int a, b, c, d;

	released = 0;
	answer("init=%u", kref_read(&kref));
	kref_init(&kref);
	kref_get(&kref);
	a = kref_put(&kref, release);
	b = kref_get_unless_zero(&kref);
	answer("put=%d get=%d count=%u released=%d", a, b, kref_read(&kref), released);
	a = kref_put(&kref, release);
	b = kref_put(&kref, release);
	c = kref_get_unless_zero(&kref);
	answer("put=%d last=%d get_of_none=%d count=%u released=%d", a, b, c, kref_read(&kref), released);
	released = 0;
	kref_init(&kref);
	kref_get(&kref);
	a = kref_put_mutex(&kref, release_mutex, &mutex);
	b = kref_put_mutex(&kref, release_mutex, &mutex);
	answer("mutex put=%d last=%d released=%d", a, b, released);
	released = 0;
	kref_init(&kref);
	kref_get(&kref);
	c = kref_put_lock(&kref, release_spin, &spin);
	d = kref_put_lock(&kref, release_spin, &spin);
	answer("spin put=%d last=%d released=%d", c, d, released);
}

/* A reference that was given back too often, and one taken of what is gone. */
CASE(kref_wrong, "kref_get kref_put kref_get_unless_zero kref_read")
{
	struct kref kref;
	int a, b;

	released = 0;
	kref_init(&kref);
	kref_put(&kref, release);
	kref_get(&kref);
	answer("get_of_none count=%d", (int)kref_read(&kref));
	a = kref_put(&kref, release);
	b = kref_get_unless_zero(&kref);
	answer("then put=%d get=%d count=%d released=%d", a, b, (int)kref_read(&kref), released);
	kref_init(&kref);
	kref_put(&kref, release);
	a = kref_put(&kref, release);
	answer("put_of_none=%d count=%d released=%d", a, (int)kref_read(&kref), released);
}

ASK_MODULE(&case_counts, &case_saturates, &case_with_lock, &case_kref, &case_kref_wrong);
