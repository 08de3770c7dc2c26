// SPDX-License-Identifier: MIT OR Apache-2.0
/* Each call that can find a wrong count, once. The comment: call and text of its report. */
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t r;
static DEFINE_MUTEX(mutex);
static DEFINE_SPINLOCK(lock);
static struct kref kref;

static void release(struct kref *released)
{
}

#define COUNT_IS(n) refcount_set(&r, n)
#define KREF_IS(n) refcount_set(&kref.refcount, n)

static void refcounts(void)
{
	unsigned long flags = 0;
	int old;

	COUNT_IS(0);
	refcount_inc(&r); /* refcount_inc: addition on 0 */
	COUNT_IS(0);
	__refcount_inc(&r, &old); /* __refcount_inc: addition on 0 */
	COUNT_IS(0);
	refcount_add(2, &r); /* refcount_add: addition on 0 */
	COUNT_IS(0);
	__refcount_add(2, &r, &old); /* __refcount_add: addition on 0 */

	COUNT_IS(REFCOUNT_MAX);
	refcount_inc(&r); /* refcount_inc: saturated */
	COUNT_IS(REFCOUNT_MAX);
	__refcount_inc(&r, &old); /* __refcount_inc: saturated */
	COUNT_IS(REFCOUNT_MAX);
	refcount_add(2, &r); /* refcount_add: saturated */
	COUNT_IS(REFCOUNT_MAX);
	__refcount_add(2, &r, &old); /* __refcount_add: saturated */
	COUNT_IS(REFCOUNT_MAX);
	(void)refcount_inc_not_zero(&r); /* refcount_inc_not_zero: saturated */
	COUNT_IS(REFCOUNT_MAX);
	(void)__refcount_inc_not_zero(&r, &old); /* __refcount_inc_not_zero: saturated */
	COUNT_IS(REFCOUNT_MAX);
	(void)refcount_add_not_zero(2, &r); /* refcount_add_not_zero: saturated */
	COUNT_IS(REFCOUNT_MAX);
	(void)__refcount_add_not_zero(2, &r, &old); /* __refcount_add_not_zero: saturated */

	COUNT_IS(1);
	(void)refcount_sub_and_test(2, &r); /* refcount_sub_and_test: underflow */
	COUNT_IS(1);
	(void)__refcount_sub_and_test(2, &r, &old); /* __refcount_sub_and_test: underflow */
	COUNT_IS(0);
	(void)refcount_dec_and_test(&r); /* refcount_dec_and_test: underflow */
	COUNT_IS(0);
	(void)__refcount_dec_and_test(&r, &old); /* __refcount_dec_and_test: underflow */
	COUNT_IS(1);
	refcount_dec(&r); /* refcount_dec: decrement hit 0 */
	COUNT_IS(1);
	__refcount_dec(&r, &old); /* __refcount_dec: decrement hit 0 */
	COUNT_IS(0);
	(void)refcount_dec_not_one(&r); /* refcount_dec_not_one: underflow */
	COUNT_IS(0);
	(void)refcount_dec_and_mutex_lock(&r, &mutex); /* refcount_dec_and_mutex_lock: underflow */
	COUNT_IS(0);
	(void)refcount_dec_and_lock(&r, &lock); /* refcount_dec_and_lock: underflow */
	COUNT_IS(0);
	(void)refcount_dec_and_lock_irqsave(&r, &lock, &flags); /* refcount_dec_and_lock_irqsave: underflow */
	refcount_warn_saturate(&r, REFCOUNT_ADD_OVF); /* refcount_warn_saturate: saturated */
}

static void krefs(void)
{
	KREF_IS(0);
	kref_get(&kref); /* kref_get: addition on 0 */
	KREF_IS(REFCOUNT_MAX);
	kref_get(&kref); /* kref_get: saturated */
	KREF_IS(REFCOUNT_MAX);
	(void)kref_get_unless_zero(&kref); /* kref_get_unless_zero: saturated */
	KREF_IS(0);
	kref_put(&kref, release); /* kref_put: underflow */
	KREF_IS(0);
	kref_put_mutex(&kref, release, &mutex); /* kref_put_mutex: underflow */
	KREF_IS(0);
	kref_put_lock(&kref, release, &lock); /* kref_put_lock: underflow */
}

static int __init begin(void)
{
	/* Each place is reported once. */
	for (int i = 0; i < 2; i++) {
		refcounts();
		krefs();
	}
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
