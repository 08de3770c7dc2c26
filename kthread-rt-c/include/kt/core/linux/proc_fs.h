/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Entries of /proc, which this process can open by name: see kt_dev.h. */
#ifndef KT_CORE_LINUX_PROC_FS_H
#define KT_CORE_LINUX_PROC_FS_H

#include <kt/core/linux/fs.h>
#include <kt/core/linux/seq_file.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct proc_dir_entry;

#if KT_SINCE(5, 6)
struct proc_ops {
	unsigned int proc_flags;
	int (*proc_open)(struct inode *inode, struct file *file);
	ssize_t (*proc_read)(struct file *file, char __user *to, size_t count, loff_t *pos);
	ssize_t (*proc_read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*proc_write)(struct file *file, const char __user *from, size_t count, loff_t *pos);
	loff_t (*proc_lseek)(struct file *file, loff_t offset, int whence);
	int (*proc_release)(struct inode *inode, struct file *file);
	__poll_t (*proc_poll)(struct file *file, struct poll_table_struct *table);
	long (*proc_ioctl)(struct file *file, unsigned int command, unsigned long argument);
	long (*proc_compat_ioctl)(struct file *file, unsigned int command, unsigned long argument);
	int (*proc_mmap)(struct file *file, struct vm_area_struct *area);
	unsigned long (*proc_get_unmapped_area)(struct file *file, unsigned long address, unsigned long length,
						unsigned long offset, unsigned long flags);
};
#else
struct proc_ops;
#endif

#define PROC_ENTRY_PERMANENT 1u

KT_BEGIN
/* Since 5.6 an entry has its own kind of operations. */
#if KT_SINCE(5, 6)
#define KT_PROC_OPS proc_ops
struct proc_dir_entry *proc_create_data(const char *name, umode_t mode, struct proc_dir_entry *parent,
					const struct proc_ops *ops, void *data) __asm__("kt_proc_create");
#else
#define KT_PROC_OPS file_operations
struct proc_dir_entry *proc_create_data(const char *name, umode_t mode, struct proc_dir_entry *parent,
					const struct file_operations *ops, void *data) __asm__("kt_proc_create_fops");
#endif
struct proc_dir_entry *proc_create_single_data(const char *name, umode_t mode, struct proc_dir_entry *parent,
					       int (*show)(struct seq_file *m, void *v), void *data);
struct proc_dir_entry *proc_create_seq_private(const char *name, umode_t mode, struct proc_dir_entry *parent,
					       const struct seq_operations *op, unsigned int state_size, void *data);
struct proc_dir_entry *proc_mkdir_data(const char *name, umode_t mode, struct proc_dir_entry *parent, void *data);
void proc_remove(struct proc_dir_entry *entry);
void remove_proc_entry(const char *name, struct proc_dir_entry *parent);
int remove_proc_subtree(const char *name, struct proc_dir_entry *parent);
KT_END

static inline struct proc_dir_entry *proc_create(const char *name, umode_t mode, struct proc_dir_entry *parent,
						 const struct KT_PROC_OPS *ops)
{
	return proc_create_data(name, mode, parent, ops, NULL);
}

#if KT_SINCE(4, 18)
#define proc_create_single(name, mode, parent, show) proc_create_single_data(name, mode, parent, show, NULL)
#endif
#define proc_create_seq(name, mode, parent, op) proc_create_seq_private(name, mode, parent, op, 0, NULL)
#define proc_create_seq_data(name, mode, parent, op, data) proc_create_seq_private(name, mode, parent, op, 0, data)

static inline struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent)
{
	return proc_mkdir_data(name, 0, parent, NULL);
}

static inline struct proc_dir_entry *proc_mkdir_mode(const char *name, umode_t mode, struct proc_dir_entry *parent)
{
	return proc_mkdir_data(name, mode, parent, NULL);
}

static inline void proc_set_size(struct proc_dir_entry *entry, loff_t size)
{
	(void)size, (void)entry;
}

static inline void proc_set_user(struct proc_dir_entry *entry, kuid_t uid, kgid_t gid)
{
	(void)gid, (void)uid, (void)entry;
}

#if KT_SINCE(5, 17)
static inline void *pde_data(const struct inode *inode)
{
	return inode->i_private;
}
#endif

#if KT_SINCE(3, 10) && !KT_SINCE(5, 17)
static inline void *PDE_DATA(const struct inode *inode)
{
	return inode->i_private;
}
#endif

#endif
