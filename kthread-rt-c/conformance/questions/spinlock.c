// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Spinlocks and reader-writer spinlocks: what a try gets in each state, and what is seen of the
 * state.
 */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(defined);
static DEFINE_RAW_SPINLOCK(defined_raw);
static DEFINE_RWLOCK(defined_rw);

/* What a thread of another cpu tries, while the caller stays in its section. */
static struct {
	int (*try)(void);
	struct completion ready;
	atomic_t go;
	atomic_t done;
	int got;
} other;

static int on_other_cpu(void *data)
{
	complete(&other.ready);
	while (!atomic_read(&other.go))
		cpu_relax();
	other.got = other.try();
	atomic_set(&other.done, 1);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *prepare(int (*try)(void))
{
	struct task_struct *task;

	other.try = try;
	init_completion(&other.ready);
	atomic_set(&other.go, 0);
	atomic_set(&other.done, 0);
	task = kthread_create(on_other_cpu, NULL, "other");
	kthread_bind(task, cpumask_last(cpu_online_mask));
	wake_up_process(task);
	wait_for_completion(&other.ready);
	return task;
}

static int from_there(void)
{
	atomic_set(&other.go, 1);
	while (!atomic_read(&other.done))
		cpu_relax();
	return other.got;
}

static spinlock_t spin;
static raw_spinlock_t raw;
static rwlock_t rw;

static int tries_spin(void)
{
	int got = spin_trylock(&spin);

	if (got)
		spin_unlock(&spin);
	return got;
}

static int tries_raw(void)
{
	int got = raw_spin_trylock(&raw);

	if (got)
		raw_spin_unlock(&raw);
	return got;
}

static int tries_read(void)
{
	int got = read_trylock(&rw);

	if (got)
		read_unlock(&rw);
	return got;
}

static int tries_write(void)
{
	int got = write_trylock(&rw);

	if (got)
		write_unlock(&rw);
	return got;
}

CASE(spin, "DEFINE_SPINLOCK spinlock_t spin_lock_init spin_lock spin_unlock spin_trylock spin_is_locked spin_is_contended spin_trylock_bh"
	   " spin_trylock_irq spin_trylock_irqsave assert_spin_locked")
{
	struct task_struct *task;
	unsigned long flags;
	int locked, here, there, contended;

	answer("defined locked=%d", spin_is_locked(&defined));
	spin_lock_init(&spin);
	set_cpus_allowed_ptr(current, cpumask_of(0));
	task = prepare(tries_spin);
	spin_lock(&spin);
	locked = spin_is_locked(&spin);
	contended = spin_is_contended(&spin);
	assert_spin_locked(&spin);
	here = spin_trylock(&spin);
	there = from_there();
	spin_unlock(&spin);
	answer("locked=%d contended=%d try_by_owner=%d try=%d unlocked=%d", locked, contended, here, there, !spin_is_locked(&spin));
	kthread_stop(task);
	here = spin_trylock(&spin);
	locked = spin_is_locked(&spin);
	spin_unlock(&spin);
	answer("try=%d locked=%d", here, locked);
	here = spin_trylock_bh(&spin);
	there = spin_trylock_bh(&spin);
	spin_unlock_bh(&spin);
	answer("try_bh=%d again=%d", here, there);
	here = spin_trylock_irq(&spin);
	there = spin_trylock_irq(&spin);
	local_irq_disable();
	spin_unlock_irq(&spin);
	answer("try_irq=%d again=%d", here, there);
	here = spin_trylock_irqsave(&spin, flags);
	spin_unlock_irqrestore(&spin, flags);
	answer("try_irqsave=%d unlocked=%d", here, !spin_is_locked(&spin));
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

CASE(raw, "DEFINE_RAW_SPINLOCK raw_spinlock_t raw_spin_lock_init raw_spin_lock raw_spin_unlock raw_spin_trylock raw_spin_is_locked"
	  " raw_spin_is_contended raw_spin_lock_irq raw_spin_unlock_irq raw_spin_lock_bh raw_spin_unlock_bh")
{
	struct task_struct *task;
	int locked, here, there;

	answer("defined locked=%d", raw_spin_is_locked(&defined_raw));
	raw_spin_lock_init(&raw);
	set_cpus_allowed_ptr(current, cpumask_of(0));
	task = prepare(tries_raw);
	raw_spin_lock(&raw);
	locked = raw_spin_is_locked(&raw);
	here = raw_spin_trylock(&raw);
	there = from_there();
	raw_spin_unlock(&raw);
	answer("locked=%d try_by_owner=%d try=%d", locked, here, there);
	kthread_stop(task);
	raw_spin_lock_irq(&raw);
	locked = raw_spin_is_locked(&raw);
	raw_spin_unlock_irq(&raw);
	raw_spin_lock_bh(&raw);
	here = raw_spin_is_locked(&raw);
	raw_spin_unlock_bh(&raw);
	answer("irq=%d bh=%d after=%d contended=%d", locked, here, raw_spin_is_locked(&raw), raw_spin_is_contended(&raw));
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

CASE(rw, "DEFINE_RWLOCK rwlock_t rwlock_init read_lock read_unlock write_lock write_unlock read_trylock write_trylock"
	 " read_lock_irq read_unlock_irq write_lock_bh write_unlock_bh write_lock_irq write_unlock_irq read_lock_irqsave"
	 " read_unlock_irqrestore rwlock_is_contended")
{
	static int (*const tries[])(void) = { tries_read, tries_write };
	struct task_struct *task;
	unsigned long flags;
	int i, there[2], read, write, contended;

	rwlock_init(&rw);
	set_cpus_allowed_ptr(current, cpumask_of(0));
	for (i = 0; i < 2; i++) {
		task = prepare(tries[i]);
		there[i] = from_there();
		kthread_stop(task);
	}
	answer("free read=%d write=%d", there[0], there[1]);
	for (i = 0; i < 2; i++) {
		task = prepare(tries[i]);
		read_lock(&rw);
		there[i] = from_there();
		read_unlock(&rw);
		kthread_stop(task);
	}
	answer("read read=%d write=%d", there[0], there[1]);
	for (i = 0; i < 2; i++) {
		task = prepare(tries[i]);
		write_lock(&rw);
		there[i] = from_there();
		write_unlock(&rw);
		kthread_stop(task);
	}
	answer("write read=%d write=%d", there[0], there[1]);
	read_lock(&rw);
	read = read_trylock(&rw);
	write = write_trylock(&rw);
	contended = rwlock_is_contended(&rw);
	if (read)
		read_unlock(&rw);
	read_unlock(&rw);
	answer("own_read read=%d write=%d contended=%d", read, write, contended);
	write_lock(&rw);
	read = read_trylock(&rw);
	write = write_trylock(&rw);
	write_unlock(&rw);
	answer("own_write read=%d write=%d", read, write);
	read_lock_irq(&rw);
	read_unlock_irq(&rw);
	read_lock_irqsave(&rw, flags);
	write = write_trylock(&rw);
	read_unlock_irqrestore(&rw, flags);
	write_lock_irq(&rw);
	write_unlock_irq(&rw);
	write_lock_bh(&rw);
	read = read_trylock(&rw);
	write_unlock_bh(&rw);
	answer("irqsave write=%d bh read=%d", write, read);
	read = read_trylock(&defined_rw);
	read_unlock(&defined_rw);
	write = write_trylock(&defined_rw);
	write_unlock(&defined_rw);
	answer("free read=%d write=%d", read, write);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

/* Somebody spins for it. (A spinlock of a virtual machine does not say that somebody does.) */
static int locks_write(void)
{
	write_lock(&rw);
	write_unlock(&rw);
	return 1;
}

CASE(contended, "rwlock_is_contended write_lock read_lock read_trylock")
{
	struct task_struct *task;
	unsigned long end;
	int contended, read;

	rwlock_init(&rw);
	set_cpus_allowed_ptr(current, cpumask_of(0));
	/* A reader that comes while a writer waits, in a thread, waits behind it. */
	task = prepare(locks_write);
	read_lock(&rw);
	atomic_set(&other.go, 1);
	end = jiffies + ASK_PATIENCE;
	while (!rwlock_is_contended(&rw) && time_before(jiffies, end))
		cpu_relax();
	contended = rwlock_is_contended(&rw);
	while (read_trylock(&rw) && time_before(jiffies, end)) {
		read_unlock(&rw);
		cpu_relax();
	}
	read = read_trylock(&rw);
	if (read)
		read_unlock(&rw);
	read_unlock(&rw);
	until(atomic_read(&other.done));
	answer("rw contended=%d read_behind_writer=%d", contended, read);
	kthread_stop(task);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

CASE(dec_and_lock, "atomic_dec_and_lock atomic_dec_and_lock_irqsave")
{
	atomic_t count = ATOMIC_INIT(2);
	unsigned long flags;
	int first, second, locked, third;

	spin_lock_init(&spin);
	first = atomic_dec_and_lock(&count, &spin);
	second = atomic_dec_and_lock(&count, &spin);
	locked = spin_is_locked(&spin);
	if (second)
		spin_unlock(&spin);
	answer("first=%d second=%d locked=%d count=%d", first, second, locked, atomic_read(&count));
	atomic_set(&count, 1);
	third = atomic_dec_and_lock_irqsave(&count, &spin, flags);
	locked = irqs_disabled();
	if (third)
		spin_unlock_irqrestore(&spin, flags);
	answer("irqsave=%d irqs_disabled=%d after=%d", third, locked, irqs_disabled());
}

ASK_MODULE(&case_spin, &case_raw, &case_rw, &case_contended, &case_dec_and_lock);
