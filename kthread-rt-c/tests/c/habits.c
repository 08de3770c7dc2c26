// SPDX-License-Identifier: MIT OR Apache-2.0
/* What modules include though little of it is needed: terminals, consoles, system calls of their own, numbers of them. */
#include <linux/buffer_head.h>
#include <linux/configfs.h>
#include <linux/console.h>
#include <linux/hugetlb.h>
#include <linux/kexec.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/security.h>
#include <linux/swap.h>
#include <linux/syscalls.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/unistd.h>
#include <linux/vmstat.h>

/* A kernel's is in uapi/linux/sched/types.h, which nothing of the above brings along. */
struct sched_param {
	int priorities[3];
};

SYSCALL_DEFINE0(one)
{
	return 1;
}

SYSCALL_DEFINE3(three, int, a, const char __user *, b, size_t, c)
{
	return a + c + !b;
}

static int __init test_init(void)
{
	struct tty_struct *tty = get_current_tty();
	struct configfs_subsystem subsystem = { };

	pr_info("system calls: %ld %ld\n", sys_one(), sys_three(1, NULL, 2));
	pr_info("a terminal: %d, %s, number %u\n", tty != NULL, tty_name(tty), tty_devnum(tty));
	pr_info("a driver of one: %ld, a tree: %d\n", PTR_ERR(tty_alloc_driver(1, TTY_DRIVER_REAL_RAW)),
		configfs_register_subsystem(&subsystem));
	pr_info("a struct of its own: %zu\n", sizeof(struct sched_param));
#ifdef __x86_64__
	pr_info("numbers: %d %d\n", __NR_read, __NR_openat);
#else
	pr_info("numbers: 0 257\n");
#endif
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
