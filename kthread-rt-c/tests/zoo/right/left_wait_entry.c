// SPDX-License-Identifier: MIT OR Apache-2.0
/* A wait queue entry is removed before the module is unloaded.
 *
 * kind: left at unload
 */
#include <linux/module.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

static int counter;
static wait_queue_entry_t entry;

static int wake(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	return 0;
}

static int __init zoo_init(void)
{
	init_waitqueue_func_entry(&entry, wake);
	add_wait_queue(__var_waitqueue(&counter), &entry);
	return 0;
}

static void __exit zoo_exit(void)
{
	remove_wait_queue(__var_waitqueue(&counter), &entry);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
