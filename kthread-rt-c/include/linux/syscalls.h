/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SYSCALLS_H
#define KT_LINUX_SYSCALLS_H

#include <kt/core/linux/syscalls.h>

/* What a kernel's linux/syscalls.h brings along. */
#include <linux/cpu.h>
#include <linux/ftrace.h>
#include <linux/irq_work.h>
#include <linux/kernel_stat.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/security.h>
#include <linux/seq_file.h>

#endif
