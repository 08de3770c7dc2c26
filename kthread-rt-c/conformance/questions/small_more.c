// SPDX-License-Identifier: MIT OR Apache-2.0
/* Small things that modules rely on: sizes, flags, accesses, options, and what printing returns. */
#include "ask.h"
#include <linux/atomic.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/once.h>
#include <linux/preempt.h>
#include <linux/seqlock.h>
#include <linux/stat.h>
#include <linux/types.h>
#include <linux/wait.h>

CASE(types, "loff_t pid_t uint uint8_t uint32_t uint64_t dev_t size_t ssize_t umode_t gfp_t")
{
	answer("signed=%zu,%zu,%zu is=%d,%d,%d", sizeof(loff_t), sizeof(pid_t), sizeof(ssize_t), (loff_t)-1 < 0, (pid_t)-1 < 0,
	       (ssize_t)-1 < 0);
	answer("unsigned=%zu,%zu,%zu,%zu,%zu", sizeof(uint), sizeof(uint8_t), sizeof(uint32_t), sizeof(uint64_t), sizeof(size_t));
	answer("kernel=%zu,%zu,%zu", sizeof(dev_t), sizeof(umode_t), sizeof(gfp_t));
	answer("char=%d bool=%zu jiffies=%zu", (char)-1 < 0, sizeof(bool), sizeof(jiffies));
}

CASE(flags, "O_CREAT O_NONBLOCK O_RDONLY O_RDWR O_WRONLY O_APPEND O_TRUNC S_IRUSR S_IRGRP S_IROTH S_IRWXU S_IFREG S_IFCHR S_ISREG"
	    " FMODE_READ FMODE_WRITE CLONE_FS")
{
	answer("open=%o,%o,%o,%o,%o,%o,%o", O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_NONBLOCK);
	answer("mode=%o,%o,%o,%o,%o,%o reg=%d,%d", S_IRUSR, S_IRGRP, S_IROTH, S_IRWXU, S_IFREG, S_IFCHR, S_ISREG(S_IFREG | 0644),
	       S_ISREG(S_IFCHR | 0644));
	answer("fmode=%x,%x clone=%x", (__force unsigned int)FMODE_READ, (__force unsigned int)FMODE_WRITE, CLONE_FS);
}

CASE(accesses, "READ_ONCE WRITE_ONCE smp_load_acquire smp_store_release smp_mb smp_rmb smp_wmb barrier")
{
	struct {
		u8 byte;
		u16 word;
		u32 number;
		u64 large;
		void *pointer;
	} of = {};
	u64 sum;

	WRITE_ONCE(of.byte, 0x1ff & 0xff);
	WRITE_ONCE(of.word, 0xbeef);
	smp_wmb();
	smp_store_release(&of.number, 0xdeadbeef);
	smp_store_release(&of.large, 0x123456789abcdefull);
	WRITE_ONCE(of.pointer, &of);
	barrier();
	smp_mb();
	sum = smp_load_acquire(&of.large);
	smp_rmb();
	answer("byte=%x word=%x number=%x large=%llx pointer=%d", READ_ONCE(of.byte), READ_ONCE(of.word), smp_load_acquire(&of.number), sum,
	       READ_ONCE(of.pointer) == (void *)&of);
	answer("sizes=%zu,%zu,%zu", sizeof(READ_ONCE(of.byte)), sizeof(READ_ONCE(of.word)), sizeof(smp_load_acquire(&of.large)));
}

CASE(copies, "memcpy memset memmove")
{
	char from[] = "abcdefgh", to[10] = "";
	void *copied = memcpy(to, from, 4), *set = memset(to + 4, 'x', 3), *moved = memmove(from + 2, from, 5);

	answer("returns=%d,%d,%d to=[%s] from=[%s]", copied == to, set == to + 4, moved == from + 2, to, from);
	memcpy(to, from, 0);
	memset(to, 0x141, 1);
	answer("to=[%s]", to);
}

CASE(structures, "spinlock wait_queue_head wait_queue_head_t spin_is_locked waitqueue_active")
{
	struct spinlock lock;
	spinlock_t *same = &lock;
	struct wait_queue_head head;
	wait_queue_head_t *same_head = &head;

	spin_lock_init(&lock);
	spin_lock(same);
	answer("locked=%d", spin_is_locked(&lock));
	spin_unlock(&lock);
	init_waitqueue_head(&head);
	answer("locked=%d active=%d", spin_is_locked(same), waitqueue_active(same_head));
}

CASE(versions, "KERNEL_VERSION LINUX_VERSION_CODE")
{
	answer("numbers=%x,%x order=%d large=%d", KERNEL_VERSION(6, 1, 0), KERNEL_VERSION(4, 19, 255),
	       KERNEL_VERSION(6, 1, 5) < KERNEL_VERSION(6, 2, 0), KERNEL_VERSION(5, 4, 300) == KERNEL_VERSION(5, 4, 255));
	answer("since_5=%d major=%d", LINUX_VERSION_CODE >= KERNEL_VERSION(5, 0, 0), LINUX_VERSION_CODE >> 16);
}

CASE(options, "IS_ENABLED IS_BUILTIN IS_MODULE IS_REACHABLE")
{
	answer("base=%d,%d,%d,%d,%d", IS_ENABLED(CONFIG_64BIT), IS_ENABLED(CONFIG_SMP), IS_ENABLED(CONFIG_HOTPLUG_CPU),
	       IS_ENABLED(CONFIG_MODULE_UNLOAD), IS_ENABLED(CONFIG_PRINTK));
	answer("files=%d,%d,%d", IS_ENABLED(CONFIG_PROC_FS), IS_ENABLED(CONFIG_SYSFS), IS_ENABLED(CONFIG_DEBUG_FS));
	answer("kinds=%d,%d,%d", IS_BUILTIN(CONFIG_PROC_FS), IS_MODULE(CONFIG_PROC_FS), IS_REACHABLE(CONFIG_PROC_FS));
	answer("hz=%d,%d high_res=%d bug=%d", CONFIG_HZ, HZ, IS_ENABLED(CONFIG_HIGH_RES_TIMERS), IS_ENABLED(CONFIG_BUG));
}

static int prints_once(void)
{
	return printk_once(KERN_DEBUG "once\n");
}

static int lite_if(int condition, int *calls)
{
	return DO_ONCE_LITE_IF(condition, memset, calls, 1, sizeof(*calls));
}

CASE(printing, "printk pr_alert pr_err pr_warn pr_notice pr_info pr_debug pr_cont printk_once DO_ONCE_LITE_IF no_printk")
{
	int n[4], evaluated = 0, calls = 0;

	n[0] = pr_alert("four\n");
	n[1] = pr_err("%s\n", "five5");
	n[2] = pr_warn("%d", 12345678);
	n[3] = pr_cont("\n");
	answer("lengths=%d,%d,%d", n[0], n[1], n[2]);
	n[0] = pr_notice("%c\n", 'c');
	n[1] = pr_info("\n");
	n[2] = printk("no level\n");
	n[3] = no_printk("never %d\n", ++evaluated);
	answer("lengths=%d,%d,%d never=%d evaluated=%d", n[0], n[1], n[2], n[3], evaluated);
	pr_debug("not said %d\n", ++evaluated);
	answer("debug evaluated=%d", evaluated);
	n[0] = prints_once();
	n[1] = prints_once();
	answer("once=%d,%d", n[0], n[1]);
	n[0] = lite_if(0, &calls);
	n[1] = lite_if(1, &calls);
	calls = 0;
	n[2] = lite_if(1, &calls);
	n[3] = lite_if(0, &calls);
	answer("lite_if=%d,%d,%d,%d calls=%d", n[0], n[1], n[2], n[3], calls);
}

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(mutex);

CASE(seqcounts, "seqcount_mutex_t seqcount_spinlock_t write_seqcount_begin write_seqcount_end preempt_count"
		" raw_write_seqcount_begin raw_write_seqcount_end")
{
	seqcount_mutex_t of_mutex = SEQCNT_MUTEX_ZERO(of_mutex, &mutex);
	seqcount_spinlock_t of_spin = SEQCNT_SPINLOCK_ZERO(of_spin, &spin);
	seqcount_t plain = SEQCNT_ZERO(plain);
	int inside[3], after;

	mutex_lock(&mutex);
	write_seqcount_begin(&of_mutex);
	inside[0] = preempt_count();
	write_seqcount_end(&of_mutex);
	mutex_unlock(&mutex);
	spin_lock(&spin);
	inside[1] = preempt_count();
	write_seqcount_begin(&of_spin);
	inside[1] = preempt_count() - inside[1];
	write_seqcount_end(&of_spin);
	spin_unlock(&spin);
	raw_write_seqcount_begin(&plain);
	inside[2] = preempt_count();
	raw_write_seqcount_end(&plain);
	after = preempt_count();
	answer("preempt_count mutex=%d spin=%d plain=%d after=%d", inside[0], inside[1], inside[2], after);
	answer("numbers=%u,%u,%u", of_mutex.seqcount.sequence, of_spin.seqcount.sequence, plain.sequence);
}

CASE(migration, "migrate_disable migrate_enable preempt_count")
{
	int count;

	migrate_disable();
	migrate_disable();
	count = preempt_count();
	schedule_timeout_uninterruptible(1);
	migrate_enable();
	migrate_enable();
	answer("count=%d after=%d", count, preempt_count());
}

ASK_MODULE(&case_types, &case_flags, &case_accesses, &case_copies, &case_structures, &case_versions, &case_options, &case_printing, &case_seqcounts, &case_migration);
