/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The kernel's configuration, as far as modules use it: an option of a distribution's kernel is on
 * if its feature exists here. ukmod passes the same options to Makefiles, from this file.
 * KT_OF_A_KERNEL is for files of a kernel's own tree: it turns off options for which such files use
 * internals of a kernel.
 */
#ifndef KT_CORE_GENERATED_AUTOCONF_H
#define KT_CORE_GENERATED_AUTOCONF_H

/* The machine. */
#define CONFIG_64BIT 1
#define CONFIG_MMU 1
#if defined(__x86_64__) && !defined(KT_OF_A_KERNEL)
#define CONFIG_X86 1
#define CONFIG_X86_64 1
#define CONFIG_X86_64_SMP 1
#define CONFIG_X86_TSC 1
#define CONFIG_X86_L1_CACHE_SHIFT 6
#endif
#ifdef __aarch64__
#define CONFIG_ARM64 1
#endif
#define CONFIG_SMP 1
#define CONFIG_NR_CPUS 1024
#define CONFIG_HOTPLUG_CPU 1
#define CONFIG_CC_IS_GCC 1
#define CONFIG_CLANG_VERSION 0

/* Modules, and what they print. */
#ifndef KT_OF_A_KERNEL
#define CONFIG_MODULES 1
#endif
#define CONFIG_MODULE_UNLOAD 1
#define CONFIG_LOCALVERSION ""
#define CONFIG_PRINTK 1
#define CONFIG_PRINTK_TIME 1
#define CONFIG_BUG 1
#define CONFIG_STACKTRACE 1
#define CONFIG_KALLSYMS 1
#define CONFIG_MAGIC_SYSRQ 1

/* Time. */
#define CONFIG_HZ 250
#define CONFIG_HZ_250 1
#define CONFIG_HIGH_RES_TIMERS 1

/* Threads: how they are scheduled, and what they wait for. */
#define CONFIG_PREEMPT_VOLUNTARY 1
#define CONFIG_PREEMPT_COUNT 1
#define CONFIG_THREAD_INFO_IN_TASK 1
#define CONFIG_VIRT_CPU_ACCOUNTING_GEN 1
#define CONFIG_RT_MUTEXES 1
#define CONFIG_FREEZER 1
#define CONFIG_IRQ_WORK 1
#define CONFIG_JUMP_LABEL 1
#define CONFIG_PID_NS 1

/* Containers. */
#define CONFIG_XARRAY_MULTI 1

/* Files. */
#define CONFIG_PROC_FS 1
#define CONFIG_PROC_SYSCTL 1
#define CONFIG_SYSCTL 1
#define CONFIG_SYSFS 1
#define CONFIG_DEBUG_FS 1
#define CONFIG_DEBUG_FS_ALLOW_ALL 1
#define CONFIG_DEVTMPFS 1
#define CONFIG_TTY 1
#define CONFIG_INPUT 1

#endif
