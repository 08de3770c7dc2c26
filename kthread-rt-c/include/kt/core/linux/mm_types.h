/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Address spaces: the process has one. */
#ifndef KT_CORE_LINUX_MM_TYPES_H
#define KT_CORE_LINUX_MM_TYPES_H

#include <kt/core/asm/pgtable_types.h>
#include <kt/core/linux/atomic.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/rwsem.h>
#include <kt/core/linux/spinlock.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

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

struct address_space;
struct file;
struct vm_area_struct;
struct vm_fault;
struct vm_operations_struct;

#if KT_SINCE(4, 17)
typedef unsigned int vm_fault_t;
#else
typedef int vm_fault_t;
#endif

enum {
	VM_FAULT_OOM = 0x000001,
	VM_FAULT_SIGBUS = 0x000002,
	VM_FAULT_MAJOR = 0x000004,
	VM_FAULT_SIGSEGV = 0x000040,
	VM_FAULT_NOPAGE = 0x000100,
	VM_FAULT_LOCKED = 0x000200,
	VM_FAULT_RETRY = 0x000400,
	VM_FAULT_FALLBACK = 0x000800,
};

#define FAULT_FLAG_WRITE 0x1
#define FOLL_WRITE 0x1
#define FOLL_FORCE 0x10

/* For a module's mmap(), which is never called. */
struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	unsigned long vm_flags;
	unsigned long vm_pgoff;
	pgprot_t vm_page_prot;
	void *vm_private_data;
	struct mm_struct *vm_mm;
	struct file *vm_file;
	const struct vm_operations_struct *vm_ops;
};

#endif
