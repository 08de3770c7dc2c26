/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Address spaces: the process has one. */
#ifndef KT_CORE_LINUX_MM_TYPES_H
#define KT_CORE_LINUX_MM_TYPES_H

#include <kt/core/linux/atomic.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/rwsem.h>
#include <kt/core/linux/spinlock.h>

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

struct vm_operations_struct;
/* For mmap() of modules, which nobody calls. */
struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	unsigned long vm_flags;
	unsigned long vm_pgoff;
	unsigned long vm_page_prot;
	void *vm_private_data;
	const struct vm_operations_struct *vm_ops;
};

#endif
