// SPDX-License-Identifier: MIT OR Apache-2.0
/* Before Linux had cleanup.h, its words were a module's own. */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static int guard(int n)
{
	return n + 1;
}

static int scoped_guard(int n, int m)
{
	return guard(n) * m;
}

static int __init own_words_init(void)
{
	pr_info("%d\n", scoped_guard(2, 3));
	return 0;
}

static void __exit own_words_exit(void)
{
}

module_init(own_words_init);
module_exit(own_words_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");
