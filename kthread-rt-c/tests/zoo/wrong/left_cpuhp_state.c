// SPDX-License-Identifier: MIT OR Apache-2.0
/* A state of cpu hotplug is set up when the module goes.
 *
 * kind: left at unload
 * told: function online(), is still registered
 */
#include <linux/cpuhotplug.h>
#include <linux/module.h>

static int state;

static int online(unsigned int cpu)
{
	return 0;
}

static int __init zoo_init(void)
{
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "zoo:online", online, NULL); /* TOLD */
	return state < 0 ? state : 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
