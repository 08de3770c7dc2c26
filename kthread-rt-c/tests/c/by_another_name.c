/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Headers that a kernel has beside those that modules mostly include, and what the small ones of them compute. */
#include <asm-generic/cacheflush.h>
#include <asm-generic/errno.h>
#include <asm-generic/fcntl.h>
#include <asm-generic/uaccess.h>
#include <asm/bitops.h>
#include <asm/cacheflush.h>
#include <asm/delay.h>
#include <asm/irq.h>
#include <asm/mmu_context.h>
#include <asm/setup.h>
#include <asm/topology.h>
#include <linux/align.h>
#include <linux/bcd.h>
#include <linux/compat.h>
#include <linux/input-event-codes.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/nospec.h>
#include <linux/pagemap.h>
#include <linux/poison.h>
#include <linux/property.h>
#include <linux/sched/cputime.h>
#include <linux/sched/hotplug.h>
#include <linux/sched/isolation.h>
#include <linux/sched/stat.h>
#include <linux/sched/topology.h>
#include <linux/sched/user.h>
#include <linux/sem.h>
#include <linux/shm.h>
#include <linux/units.h>
#include <linux/user_namespace.h>
#include <uapi/linux/limits.h>
#include <uapi/linux/signal.h>
#include <uapi/linux/wait.h>
#include <vdso/time64.h>

static int __init names_init(void)
{
	struct device dev = {};
	unsigned long bits = 0;
	unsigned int guess = 5;
	u32 value = 7;
	int wrong = 0, i;

	for (i = 0; i < 100; i++)
		wrong += bcd2bin(bin2bcd(i)) != i;
	pr_info("digits: 0x%02x of 42, %u of 0x97; %d wrong\n", bin2bcd(42), bcd2bin(0x97), wrong);
	pr_info("indices: %u %u %u\n", array_index_nospec(guess, 6), array_index_nospec(guess, 5), array_index_nospec(guess, 0));
	pr_info("properties: %d %d %d\n", device_property_present(&dev, "x"), device_property_read_u32(&dev, "x", &value) == -EINVAL,
		value);
	pr_info("compat: %d, %d\n", ptr_to_compat(compat_ptr(0x1234)) == 0x1234, in_compat_syscall());
	set_bit(3, &bits);
	pr_info("others: %lu %d %lu %d %d\n", bits, (int)ALIGN(13, 8), HZ_PER_KHZ, KEY_A, COMMAND_LINE_SIZE);
	flush_dcache_page(NULL);
	return 0;
}

static void __exit names_exit(void)
{
}

module_init(names_init);
module_exit(names_exit);
MODULE_LICENSE("Dual MIT/GPL");
