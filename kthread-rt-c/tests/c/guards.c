// SPDX-License-Identifier: MIT OR Apache-2.0
/* What ends with its scope: allocations, classes, and each of the locks' guards. */
#include <linux/cleanup.h>
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 17, 0)
#define kthread_exit do_exit
#endif

static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(rwsem);
static DEFINE_SPINLOCK(spin);
static DEFINE_RAW_SPINLOCK(raw);
static DEFINE_RWLOCK(rwlock);
DEFINE_STATIC_SRCU(srcu);
DEFINE_STATIC_PERCPU_RWSEM(percpu_rwsem);

/* A class of this module's: what is constructed and destructed is counted. */
struct thing {
	int number;
};
static int alive;

static struct thing begin_thing(int number)
{
	alive++;
	return (struct thing){ number };
}
DEFINE_CLASS(thing, struct thing, ({ alive--; pr_info("end of thing %d\n", _T.number); }), begin_thing(number), int number)
EXTEND_CLASS(thing, _double, begin_thing(2 * number), int number)

/* A resource of this module's. */
DEFINE_FREE(told, char *, if (_T) { pr_info("freed: %s\n", _T); kfree(_T); })

static char *take(bool give)
{
	char *text __free(told) = kstrdup(give ? "given away" : "kept", GFP_KERNEL);

	if (give)
		return_ptr(text);
	return NULL;
}

static void frees(void)
{
	void *error __free(kfree) = ERR_PTR(-ENOMEM);
	int *array __free(kvfree) = kvmalloc_array(4, sizeof(*array), GFP_KERNEL);
	char *text __free(told) = NULL;
	char *retained __free(told) = kstrdup("retained", GFP_KERNEL), *other = retained;

	pr_info("take: %d", take(false) != NULL);
	text = take(true);
	pr_cont(" %s\n", text ?: "none");
	retain_and_null_ptr(retained);
	kfree(other);
	pr_info("error and null are left alone: %d %d\n", IS_ERR(error), !retained && array);
}

static void classes(void)
{
	CLASS(thing, a)(1);
	CLASS(thing_double, b)(2);

	pr_info("things: %d and %d, alive %d\n", a.number, b.number, alive);
}

/* 1 with the lock held in between, and no end of function behind the scope. */
static int return_inside(void)
{
	scoped_guard(mutex, &mutex)
		return mutex_is_locked(&mutex);
}

static int fail_inside(void)
{
	scoped_cond_guard(mutex_try, return -EBUSY, &mutex) {
		scoped_cond_guard(mutex_try, return -EAGAIN, &mutex)
			return 0;
	}
	return -EINVAL;
}

static void mutexes(void)
{
	int times = 0, sum = 0;

	{
		guard(mutex)(&mutex);
		pr_info("mutex: locked %d, again by trying %d\n", mutex_is_locked(&mutex), mutex_trylock(&mutex));
		scoped_guard(mutex_try, &mutex)
			pr_info("not here\n");
		{
			CLASS(mutex_try, tried)(&mutex);
			pr_info("mutex_try: %d\n", tried != NULL);
		}
	}
	pr_info("and then %d; returned from inside %d, then %d\n", mutex_is_locked(&mutex), return_inside(),
		mutex_is_locked(&mutex));
	pr_info("scoped_cond_guard: %d, then locked %d\n", fail_inside(), mutex_is_locked(&mutex));
	scoped_cond_guard(mutex_intr, return, &mutex)
		pr_info("mutex_intr: locked %d\n", mutex_is_locked(&mutex));
	for (int i = 0; i < 4; i++) {
		scoped_guard(mutex, &mutex) {
			if (i == 1)
				continue; /* leaves the guard's scope alone, as `break` does */
			times++;
		}
		sum += i;
	}
	if (times)
		scoped_guard(mutex, &mutex)
			sum += 10;
	else
		sum = -1;
	pr_info("in a loop: %d times, sum %d, locked %d\n", times, sum, mutex_is_locked(&mutex));
	mutex_lock(&mutex);
	{
		struct mutex *held __free(mutex) = &mutex;

		pr_info("freed as a mutex: locked %d", mutex_is_locked(held));
	}
	pr_cont(", then %d\n", mutex_is_locked(&mutex));
}

static void spins(void)
{
	{
		guard(spinlock)(&spin);
		guard(raw_spinlock)(&raw);
		scoped_guard(spinlock_try, &spin)
			pr_info("not here\n");
		pr_info("spinlock, raw_spinlock: %d %d\n", spin_is_locked(&spin), raw_spin_is_locked(&raw));
	}
	pr_info("then %d %d, irqs off:", spin_is_locked(&spin), raw_spin_is_locked(&raw));
	scoped_guard(spinlock_irq, &spin)
		pr_cont(" %d", irqs_disabled());
	pr_cont(" %d", irqs_disabled());
	scoped_guard(irq) {
		scoped_guard(spinlock_irqsave, &spin) {
			scoped_guard(spinlock_irqsave_try, &spin)
				pr_info("not here\n");
			pr_cont(" %d", irqs_disabled());
		}
		scoped_guard(raw_spinlock_irqsave, &raw)
			pr_cont(" %d", irqs_disabled());
		scoped_guard(irqsave)
			pr_cont(" %d", irqs_disabled());
		pr_cont(" %d", irqs_disabled());
	}
	pr_cont(" %d\n", irqs_disabled());
	scoped_guard(read_lock, &rwlock)
		pr_info("rwlock: read, written %d", write_trylock(&rwlock));
	scoped_guard(read_lock_irqsave, &rwlock)
		pr_cont(", read, written %d", write_trylock(&rwlock));
	scoped_guard(write_lock_irq, &rwlock)
		pr_cont(", written, read %d", read_trylock(&rwlock));
	pr_cont(", locked %d\n", rwlock_is_locked(&rwlock));
}

static void others(void)
{
	scoped_guard(rwsem_read, &rwsem) {
		scoped_guard(rwsem_write_try, &rwsem)
			pr_info("not here\n");
		scoped_guard(rwsem_read_try, &rwsem)
			pr_info("rwsem: read twice\n");
	}
	scoped_guard(rwsem_write, &rwsem)
		scoped_guard(rwsem_read_try, &rwsem)
			pr_info("not here\n");
	scoped_guard(percpu_read, &percpu_rwsem)
		pr_info("rwsem locked: %d; percpu: read %d", rwsem_is_locked(&rwsem), percpu_is_read_locked(&percpu_rwsem));
	scoped_guard(percpu_write, &percpu_rwsem)
		pr_cont(", written %d", percpu_is_write_locked(&percpu_rwsem));
	pr_cont(", then %d %d\n", percpu_is_read_locked(&percpu_rwsem), percpu_is_write_locked(&percpu_rwsem));
	scoped_guard(rcu)
		scoped_guard(srcu, &srcu)
			scoped_guard(preempt)
				scoped_guard(migrate)
					pr_info("rcu %d, preempted %d", rcu_read_lock_held() != 0, preemptible());
	synchronize_rcu();
	synchronize_srcu(&srcu);
	pr_cont(", then %d %d\n", rcu_read_lock_held() != 0, preemptible());
	scoped_guard(cpus_read_lock)
		pr_info("cpus: held %d\n", lockdep_is_cpus_held());
}

/* A kthread that ends inside of a guard leaves its scope. */
static DECLARE_COMPLETION(begun);

static int ends_inside(void *unused)
{
	char *text __free(told) = kstrdup("by the end of the thread", GFP_KERNEL);

	guard(mutex)(&mutex);
	complete(&begun);
	if (text)
		kthread_exit(7);
	return 0;
}

static void exits(void)
{
	struct task_struct *task __free(put_task) = kthread_create(ends_inside, NULL, "ends_inside");

	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&begun);
	pr_info("kthread_exit in a guard: %d\n", kthread_stop(task));
	pr_info("mutex locked: %d\n", mutex_is_locked(&mutex));
}

static int __init guards_init(void)
{
	frees();
	classes();
	pr_info("alive: %d\n", alive);
	mutexes();
	spins();
	others();
	exits();
	return 0;
}

static void __exit guards_exit(void)
{
}

module_init(guards_init);
module_exit(guards_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");
