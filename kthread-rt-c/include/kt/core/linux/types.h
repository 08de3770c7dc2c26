/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The kernel's integer types, list_head and the types of atomics. Types that the C library has,
 * too, are identical.
 */
#ifndef KT_CORE_LINUX_TYPES_H
#define KT_CORE_LINUX_TYPES_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/version.h>
#include <stdbool.h>
#include <stddef.h>

typedef unsigned char u8;
typedef signed char s8;
typedef unsigned short u16;
typedef short s16;
typedef unsigned int u32;
typedef int s32;
typedef unsigned long long u64;
typedef long long s64;

/* In a program, the 64-bit types are the C library's, which are long. */
#if __STDC_HOSTED__
#include <stdint.h>
#else
typedef u8 uint8_t;
typedef s8 int8_t;
typedef u16 uint16_t;
typedef s16 int16_t;
typedef u32 uint32_t;
typedef s32 int32_t;
typedef u64 uint64_t;
typedef s64 int64_t;
typedef unsigned long uintptr_t;
typedef long intptr_t;
typedef u64 u_int64_t;
#endif
typedef u8 u_int8_t;
typedef u16 u_int16_t;
typedef u32 u_int32_t;
#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 s128;
#endif

typedef u8 __u8;
typedef s8 __s8;
typedef u16 __u16;
typedef s16 __s16;
typedef u32 __u32;
typedef s32 __s32;
typedef u64 __u64;
typedef s64 __s64;
typedef u16 __le16;
typedef u16 __be16;
typedef u32 __le32;
typedef u32 __be32;
typedef u64 __le64;
typedef u64 __be64;
typedef u16 __sum16;
typedef u32 __wsum;

#define __aligned_u64 __u64 __attribute__((aligned(8)))
#define __aligned_s64 __s64 __attribute__((aligned(8)))

/*
 * In a program, glibc's types, so that both may be included. Fields with device numbers have the
 * same size in both cases.
 */
typedef int pid_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int mode_t;
#if __STDC_HOSTED__
typedef unsigned long dev_t;
#define __KT_DEV(name) dev_t name
#else
typedef u32 dev_t; /* so that %u is right, as in a kernel */
#define __KT_DEV(name) dev_t name; u32 kt_above_##name
#endif
typedef unsigned long ino_t;
typedef long off_t;
#if __STDC_HOSTED__
typedef long loff_t;
#else
typedef long long loff_t; /* so that %lld is right, as in a kernel */
#endif
typedef long ssize_t;
typedef long time_t;
typedef int clockid_t;
typedef unsigned long ulong;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef unsigned char unchar;

typedef unsigned short umode_t;
typedef s64 time64_t;
typedef unsigned int gfp_t;
typedef unsigned int fmode_t;
typedef u32 __poll_t;
typedef unsigned int slab_flags_t;
typedef u64 sector_t;
typedef u64 blkcnt_t_kt;
typedef u64 phys_addr_t;
typedef phys_addr_t resource_size_t;
typedef u64 dma_addr_t;
typedef unsigned long irq_hw_number_t;
/* Since 4.10, a plain number. */
#if KT_SINCE(4, 10)
typedef s64 ktime_t;
#define __kt_ns(time) ((s64)(time))
#define __kt_time(ns) ((ktime_t)(ns))
#else
union ktime {
	s64 tv64;
};
typedef union ktime ktime_t;
#define __kt_ns(time) ((time).tv64)
#define __kt_time(ns) ((ktime_t){ (s64)(ns) })
#endif
typedef u64 cycles_t;
typedef unsigned long pgoff_t;
typedef long __kernel_long_t;
typedef unsigned long __kernel_ulong_t;
typedef int __kernel_pid_t;
typedef long __kernel_time_t;
typedef long long __kernel_time64_t;
typedef long __kernel_ssize_t;
typedef unsigned long __kernel_size_t;
typedef long long __kernel_loff_t;

#ifndef __cplusplus
#ifndef true
#define true 1
#define false 0
#endif
#endif

struct list_head {
	struct list_head *next, *prev;
};
struct hlist_node {
	struct hlist_node *next, **pprev;
};
struct hlist_head {
	struct hlist_node *first;
};

typedef struct {
	int counter;
} atomic_t;
typedef struct {
	s64 counter;
} atomic64_t;
typedef atomic64_t atomic_long_t;

#define ATOMIC_INIT(i) { (i) }
#define ATOMIC64_INIT(i) { (i) }
#define ATOMIC_LONG_INIT(i) { (i) }

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};
#define callback_head rcu_head
typedef void (*rcu_callback_t)(struct rcu_head *head);
typedef void (*call_rcu_func_t)(struct rcu_head *head, rcu_callback_t func);

/* For sort() and bsearch(). */
typedef int (*cmp_func_t)(const void *a, const void *b);
typedef int (*cmp_r_func_t)(const void *a, const void *b, const void *priv);
typedef void (*swap_func_t)(void *a, void *b, int size);

struct task_struct;
struct module;
struct mm_struct;

#define BITS_PER_LONG (8 * __SIZEOF_LONG__)
#define BITS_PER_BYTE 8
#define BITS_PER_LONG_LONG 64
#define DECLARE_BITMAP(name, bits) unsigned long name[((bits) + BITS_PER_LONG - 1) / BITS_PER_LONG]

/* Declared here, so that prototypes may name them after any include, as with a kernel's headers. */
#if !__STDC_HOSTED__
struct address_space;
struct attribute_group;
struct cred;
struct ctl_table;
struct dentry;
struct device;
struct device_driver;
struct device_node;
struct file;
struct file_operations;
struct fwnode_handle;
struct inode;
struct iov_iter;
struct kobject;
struct mm_struct;
struct module;
struct notifier_block;
struct page;
struct path;
struct pid_namespace;
struct poll_table_struct;
struct pt_regs;
struct seq_file;
struct seq_operations;
struct super_block;
struct task_struct;
struct user_namespace;
struct vfsmount;
struct vm_area_struct;
struct vm_fault;
#endif

#endif
