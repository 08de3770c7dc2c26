/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How this kernel is configured, as far as modules ask. */
#ifndef KT_CORE_GENERATED_AUTOCONF_H
#define KT_CORE_GENERATED_AUTOCONF_H

#define CONFIG_64BIT 1
#define CONFIG_BUG 1
#define CONFIG_DEBUG_FS 1
#define CONFIG_HIGH_RES_TIMERS 1
#define CONFIG_HOTPLUG_CPU 1
#define CONFIG_HZ 250
#define CONFIG_HZ_250 1
#define CONFIG_MODULES 1
#define CONFIG_MODULE_UNLOAD 1
#define CONFIG_NR_CPUS 1024
#define CONFIG_PRINTK 1
#define CONFIG_PROC_FS 1
#define CONFIG_SMP 1
#define CONFIG_SYSFS 1
#define CONFIG_XARRAY_MULTI 1

#endif
