// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Random calls, of one thread and without waiting, to locks, counts and completions: what each
 * returns, and the state that it leaves.
 */
#include "random.h"
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/seqlock.h>

static char said[400];

#define say(format, ...) snprintf(said + strlen(said), sizeof(said) - strlen(said), " " format, ##__VA_ARGS__)

CASE(completions, "complete complete_all try_wait_for_completion completion_done reinit_completion wait_for_completion_timeout"
		  " wait_for_completion_interruptible_timeout wait_for_completion_killable_timeout")
{
	unsigned int round;
	int step;

	for (round = 0; round < 25; round++) {
		struct completion done;

		random_begin(round);
		init_completion(&done);
		said[0] = '\0';
		for (step = 0; step < 16; step++) {
			switch (random_below(9)) {
			case 0:
			case 1:
			case 2:
				complete(&done);
				say("c");
				break;
			case 3:
				if (random_below(3) == 0) {
					complete_all(&done);
					say("all");
				}
				break;
			case 4:
				say("try=%d", try_wait_for_completion(&done));
				break;
			case 5:
				if (random_below(3) == 0) {
					reinit_completion(&done);
					say("re");
				}
				break;
			case 6:
				/*
				 * An expired wait returns 0, one that did not wait all that was
				 * left.
				 */
				say("t=%lu", wait_for_completion_timeout(&done, random_of(0UL, 7UL) * completion_done(&done)));
				break;
			case 7:
				say("i=%ld", wait_for_completion_interruptible_timeout(&done, 9 * completion_done(&done)));
				break;
			case 8:
				say("k=%ld", wait_for_completion_killable_timeout(&done, 1000 * completion_done(&done)));
				break;
			}
			say("/%u,%d", done.done, completion_done(&done));
		}
		answer("%u%s", round, said);
	}
}

CASE(semaphores, "sema_init down_trylock up down_interruptible down_timeout")
{
	unsigned int round;
	int step;

	for (round = 0; round < 20; round++) {
		struct semaphore sem;

		random_begin(round);
		sema_init(&sem, random_below(4));
		said[0] = '\0';
		for (step = 0; step < 16; step++) {
			switch (random_below(5)) {
			case 0:
			case 1:
				up(&sem);
				say("up");
				break;
			case 2:
				say("try=%d", down_trylock(&sem));
				break;
			case 3:
				say("timeout=%d", down_timeout(&sem, sem.count ? 5 : 1));
				break;
			case 4:
				if (sem.count)
					say("i=%d", down_interruptible(&sem));
				break;
			}
			say("/%u", sem.count);
		}
		answer("%u%s", round, said);
	}
}

CASE(rwsems, "down_read_trylock down_write_trylock up_read up_write downgrade_write rwsem_is_locked rwsem_is_contended")
{
	unsigned int round;
	int step;

	for (round = 0; round < 20; round++) {
		struct rw_semaphore sem;
		int readers = 0, writers = 0;

		random_begin(round);
		init_rwsem(&sem);
		said[0] = '\0';
		for (step = 0; step < 16; step++) {
			int got;

			switch (random_below(6)) {
			case 0:
			case 1:
				got = down_read_trylock(&sem);
				readers += got;
				say("r=%d", got);
				break;
			case 2:
				got = down_write_trylock(&sem);
				writers += got;
				say("w=%d", got);
				break;
			case 3:
			case 4:
				if (readers) {
					readers--;
					up_read(&sem);
					say("ur");
				} else if (writers) {
					writers--;
					up_write(&sem);
					say("uw");
				}
				break;
			case 5:
				if (writers) {
					downgrade_write(&sem);
					writers--;
					readers++;
					say("down");
				}
				break;
			}
			say("/%d,%d", !!rwsem_is_locked(&sem), !!rwsem_is_contended(&sem));
		}
		while (readers--)
			up_read(&sem);
		if (writers)
			up_write(&sem);
		answer("%u%s", round, said);
	}
}

CASE(mutexes, "mutex_trylock mutex_unlock mutex_is_locked mutex_lock_interruptible mutex_lock_killable")
{
	unsigned int round;
	int step;

	for (round = 0; round < 10; round++) {
		struct mutex mutex;
		bool mine = false;

		random_begin(round);
		mutex_init(&mutex);
		said[0] = '\0';
		for (step = 0; step < 16; step++) {
			switch (random_below(4)) {
			case 0:
				if (mine) {
					mutex_unlock(&mutex);
					mine = false;
					say("u");
				}
				break;
			case 1:
				if (!mine) {
					say("i=%d", mutex_lock_interruptible(&mutex));
					mine = true;
				}
				break;
			case 2:
				if (!mine) {
					say("k=%d", mutex_lock_killable(&mutex));
					mine = true;
				}
				break;
			case 3:
				if (!mine) {
					mine = mutex_trylock(&mutex);
					say("try=%d", mine);
				}
				break;
			}
			say("/%d", mutex_is_locked(&mutex));
		}
		if (mine)
			mutex_unlock(&mutex);
		answer("%u%s", round, said);
	}
}

WARNS(refcounts, "refcount_set refcount_read refcount_inc refcount_add refcount_inc_not_zero refcount_add_not_zero refcount_dec_and_test"
		" refcount_sub_and_test refcount_dec_not_one refcount_dec_if_one")
{
	unsigned int round;
	int step;

	for (round = 0; round < 30; round++) {
		refcount_t count;

		random_begin(round);
		refcount_set(&count, random_of(1, 2, 3, INT_MAX, INT_MAX - 1, 0, -1));
		said[0] = '\0';
		for (step = 0; step < 12; step++) {
			unsigned int n = random_of(1U, 2U, 3U, 0x7fffffffU, 0x40000000U);

			switch (random_below(8)) {
			case 0:
				refcount_inc(&count);
				say("inc");
				break;
			case 1:
				refcount_add(n, &count);
				say("add%x", n);
				break;
			case 2:
				say("inz=%d", refcount_inc_not_zero(&count));
				break;
			case 3:
				say("anz%x=%d", n, refcount_add_not_zero(n, &count));
				break;
			case 4:
				say("dt=%d", refcount_dec_and_test(&count));
				break;
			case 5:
				say("st%x=%d", n, refcount_sub_and_test(n, &count));
				break;
			case 6:
				say("dn1=%d", refcount_dec_not_one(&count));
				break;
			case 7:
				say("di1=%d", refcount_dec_if_one(&count));
				break;
			}
			say("/%x", refcount_read(&count));
		}
		answer("%u%s", round, said);
	}
}

CASE(atomics, "atomic_add_return atomic_fetch_add atomic_cmpxchg atomic_xchg atomic_add_unless atomic_inc_not_zero atomic_dec_if_positive"
	      " atomic_sub_and_test atomic_add_negative atomic_fetch_or atomic_fetch_andnot atomic_try_cmpxchg atomic_inc_unless_negative"
	      " atomic_dec_unless_positive")
{
	unsigned int round;
	int step;

	for (round = 0; round < 30; round++) {
		atomic_t v = ATOMIC_INIT(0);

		random_begin(round);
		said[0] = '\0';
		for (step = 0; step < 12; step++) {
			int n = random_of(1, -1, 0, 5, -7, INT_MAX, INT_MIN), old;

			switch (random_below(14)) {
			case 0:
				say("ar=%d", atomic_add_return(n, &v));
				break;
			case 1:
				say("fa=%d", atomic_fetch_add(n, &v));
				break;
			case 2:
				say("cx=%d", atomic_cmpxchg(&v, random_of(0, 1, 5), n));
				break;
			case 3:
				say("x=%d", atomic_xchg(&v, n));
				break;
			case 4:
				say("au=%d", atomic_add_unless(&v, n, random_of(0, 1, 5)));
				break;
			case 5:
				say("inz=%d", !!atomic_inc_not_zero(&v));
				break;
			case 6:
				say("dip=%d", atomic_dec_if_positive(&v));
				break;
			case 7:
				say("sat=%d", atomic_sub_and_test(n, &v));
				break;
			case 8:
				say("an=%d", atomic_add_negative(n, &v));
				break;
			case 9:
				say("fo=%d", atomic_fetch_or(n, &v));
				break;
			case 10:
				say("fan=%d", atomic_fetch_andnot(n, &v));
				break;
			case 11:
				old = random_of(0, 1, -1, 5);
				say("tcx=%d", atomic_try_cmpxchg(&v, &old, n));
				say("old=%d", old);
				break;
			case 12:
				say("iun=%d", atomic_inc_unless_negative(&v));
				break;
			case 13:
				say("dup=%d", atomic_dec_unless_positive(&v));
				break;
			}
		}
		answer("%u%s is=%d", round, said, atomic_read(&v));
	}
}

ASK_MODULE(&case_completions, &case_semaphores, &case_rwsems, &case_mutexes, &case_refcounts, &case_atomics);
