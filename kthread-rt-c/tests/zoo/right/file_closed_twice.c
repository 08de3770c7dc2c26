// SPDX-License-Identifier: MIT OR Apache-2.0
/* A file is made and closed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		struct file *file = filp_open("/dev/null", O_RDONLY, 0);

		if (IS_ERR(file))
			return PTR_ERR(file);
		filp_close(file, NULL);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
