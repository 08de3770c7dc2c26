/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Address spaces: the process has one. */
#ifndef KT_LINUX_MM_TYPES_H
#define KT_LINUX_MM_TYPES_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

struct mm_struct {
	atomic_t mm_users;
	atomic_t mm_count;
	struct task_struct *owner;
	spinlock_t page_table_lock;
	struct rw_semaphore mmap_lock;
	unsigned long total_vm;
	unsigned long start_code, end_code, start_data, end_data;
	unsigned long start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;
};

#endif
