// SPDX-License-Identifier: MIT OR Apache-2.0
/* What one task sees of the locks. */
#include <linux/hardirq.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static DEFINE_RWLOCK(rwlock);
static DEFINE_MUTEX(mutex);
static DEFINE_SEMAPHORE(semaphore);
static DECLARE_RWSEM(rwsem);
static DEFINE_SEQLOCK(seqlock);

static void spinlocks(void)
{
	unsigned long flags;

	pr_info("spin_trylock of an open lock: %d\n", spin_trylock(&lock));
	pr_info("spin_is_locked, spin_trylock of a held one: %d %d\n", spin_is_locked(&lock), spin_trylock(&lock));
	pr_info("in_atomic with it: %d\n", in_atomic());
	assert_spin_locked(&lock);
	lockdep_assert_held(&lock);
	spin_unlock(&lock);
	pr_info("in_atomic without: %d\n", in_atomic());

	spin_lock_irqsave(&lock, flags);
	pr_info("irqs_disabled in spin_lock_irqsave: %d\n", irqs_disabled());
	spin_unlock_irqrestore(&lock, flags);
	spin_lock_irq(&lock);
	spin_unlock_irq(&lock);
	pr_info("irqs_disabled after: %d\n", irqs_disabled());
	spin_lock_bh(&lock);
	pr_info("in_interrupt, in_softirq in spin_lock_bh: %d %d\n", !!in_interrupt(), !!in_softirq());
	pr_info("in_task, in_serving_softirq there: %d %d\n", in_task(), !!in_serving_softirq());
	spin_unlock_bh(&lock);
	pr_info("preempt_count after: %d\n", preempt_count());

	read_lock(&rwlock);
	pr_info("read_trylock, write_trylock of a reader's: %d %d\n", read_trylock(&rwlock), write_trylock(&rwlock));
	read_unlock(&rwlock);
	read_unlock(&rwlock);
	write_lock_irqsave(&rwlock, flags);
	pr_info("read_trylock, write_trylock of a writer's: %d %d\n", read_trylock(&rwlock), write_trylock(&rwlock));
	write_unlock_irqrestore(&rwlock, flags);
	pr_info("write_trylock of an open one: %d\n", write_trylock(&rwlock));
	write_unlock(&rwlock);
}

static void sleeping_locks(void)
{
	struct semaphore local;

	pr_info("mutex_trylock, mutex_is_locked: %d", mutex_trylock(&mutex));
	pr_cont(" %d\n", mutex_is_locked(&mutex));
	pr_info("mutex_trylock of a held mutex: %d\n", mutex_trylock(&mutex));
	lockdep_assert_held(&mutex);
	pr_info("the owner is current: %d\n", (struct task_struct *)atomic_long_read(&mutex.owner) == current);
	mutex_unlock(&mutex);
	pr_info("mutex_lock_interruptible, mutex_lock_killable: %d", mutex_lock_interruptible(&mutex));
	mutex_unlock(&mutex);
	pr_cont(" %d\n", mutex_lock_killable(&mutex));
	mutex_unlock(&mutex);

	pr_info("count of DEFINE_SEMAPHORE: %u\n", semaphore.count);
	down(&semaphore);
	pr_info("count, down_trylock, down_timeout(0) after down: %u %d %d\n", semaphore.count, down_trylock(&semaphore),
		down_timeout(&semaphore, 0));
	up(&semaphore);
	up(&semaphore);
	pr_info("count after up twice: %u\n", semaphore.count);
	sema_init(&local, 0);
	up(&local);
	pr_info("down_interruptible, down_killable's count: %d", down_interruptible(&local));
	up(&local);
	pr_cont(" %d", down_killable(&local));
	pr_cont(" %u\n", local.count);

	down_read(&rwsem);
	pr_info("down_read_trylock, down_write_trylock of a reader's: %d %d\n", down_read_trylock(&rwsem),
		down_write_trylock(&rwsem));
	up_read(&rwsem);
	up_read(&rwsem);
	down_write(&rwsem);
	lockdep_assert_held_write(&rwsem);
	pr_info("down_read_trylock of a writer's: %d\n", down_read_trylock(&rwsem));
	downgrade_write(&rwsem);
	pr_info("and after downgrade_write: %d\n", down_read_trylock(&rwsem));
	up_read(&rwsem);
	up_read(&rwsem);
	pr_info("rwsem_is_locked: %d\n", rwsem_is_locked(&rwsem));
}

static void seqlocks(void)
{
	unsigned int seq = read_seqbegin(&seqlock);

	pr_info("read_seqretry without a writer: %d\n", read_seqretry(&seqlock, seq));
	write_seqlock(&seqlock);
	pr_info("spin_is_locked of its lock, sequence: %d %u\n", spin_is_locked(&seqlock.lock), seqlock.seqcount.sequence);
	write_sequnlock(&seqlock);
	pr_info("read_seqretry after a writer: %d\n", read_seqretry(&seqlock, seq));
	pr_info("sequence, in_atomic: %u %d\n", seqlock.seqcount.sequence, in_atomic());
}

static int __init begin(void)
{
	pr_info("sizes: %zu %zu %zu %zu %zu\n", sizeof(spinlock_t), sizeof(rwlock_t), sizeof(struct mutex),
		sizeof(struct semaphore), sizeof(struct rw_semaphore));
	spinlocks();
	sleeping_locks();
	seqlocks();
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
