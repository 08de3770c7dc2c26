// SPDX-License-Identifier: MIT OR Apache-2.0
/* Threads that add to plain memory under each kind of lock, and readers that look at it. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>

#define THREADS 4
#define TIMES 2000

static DEFINE_SPINLOCK(lock);
static DEFINE_RWLOCK(rwlock);
static DEFINE_MUTEX(mutex);
static DEFINE_SEMAPHORE(semaphore);
static DECLARE_RWSEM(rwsem);
static DEFINE_SEQLOCK(seqlock);
static long by_spin, by_rw, by_mutex, by_semaphore, by_rwsem, pair[2];
static atomic_t torn = ATOMIC_INIT(0);
static atomic_t left = ATOMIC_INIT(THREADS);
static DECLARE_COMPLETION(over);

static void read_them(void)
{
	unsigned int seq;
	long a, b;

	do {
		seq = read_seqbegin(&seqlock);
		a = READ_ONCE(pair[0]);
		b = READ_ONCE(pair[1]);
	} while (read_seqretry(&seqlock, seq));
	if (a != b)
		atomic_inc(&torn);
	read_lock(&rwlock);
	a = by_rw;
	barrier();
	if (a != by_rw)
		atomic_inc(&torn);
	read_unlock(&rwlock);
}

static int add(void *unused)
{
	unsigned long flags;
	int i;

	for (i = 0; i < TIMES; i++) {
		spin_lock_irqsave(&lock, flags);
		by_spin++;
		spin_unlock_irqrestore(&lock, flags);
		write_lock(&rwlock);
		by_rw++;
		write_unlock(&rwlock);
		mutex_lock(&mutex);
		by_mutex++;
		mutex_unlock(&mutex);
		down(&semaphore);
		by_semaphore++;
		up(&semaphore);
		down_write(&rwsem);
		by_rwsem++;
		up_write(&rwsem);
		write_seqlock(&seqlock);
		pair[0]++;
		pair[1]++;
		write_sequnlock(&seqlock);
		read_them();
	}
	if (atomic_dec_and_test(&left))
		complete(&over);
	return 0;
}

static int __init begin(void)
{
	int i;

	for (i = 0; i < THREADS; i++)
		kthread_run(add, NULL, "adder/%d", i);
	wait_for_completion(&over);
	pr_info("%ld %ld %ld %ld %ld %ld %ld\n", by_spin, by_rw, by_mutex, by_semaphore, by_rwsem, pair[0], pair[1]);
	pr_info("torn: %d\n", atomic_read(&torn));
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
