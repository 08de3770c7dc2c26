/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Files: those of modules (devices, entries of /proc and debugfs), and those of the file system.
 *
 * filp_open() of a name below /dev, /proc or /sys first searches the files that modules of this
 * process have registered; any other name is a file of the operating system. See kt_dev.h.
 */
#ifndef KT_CORE_LINUX_FS_H
#define KT_CORE_LINUX_FS_H

#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/dcache.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/export.h>
#include <kt/core/linux/fcntl.h>
#include <kt/core/linux/init.h>
#include <kt/core/linux/kdev_t.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/path.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/spinlock_types.h>
#include <kt/core/linux/stat.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/uaccess.h>
#include <kt/core/linux/uidgid.h>
#include <kt/core/linux/uio.h>
#include <kt/core/linux/version.h>
#include <kt/core/linux/wait.h>

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif
#ifndef SEEK_DATA
#define SEEK_DATA 3
#define SEEK_HOLE 4
#endif
#ifndef SEEK_MAX
#define SEEK_MAX SEEK_HOLE
#endif

#define FMODE_READ ((fmode_t)0x1)
#define FMODE_WRITE ((fmode_t)0x2)
#define FMODE_LSEEK ((fmode_t)0x4)
#define FMODE_PREAD ((fmode_t)0x8)
#define FMODE_PWRITE ((fmode_t)0x10)
#define FMODE_EXEC ((fmode_t)0x20)

#define CHRDEV_MAJOR_MAX 512
#define CHRDEV_MAJOR_DYN_END 234
#define CHRDEV_MAJOR_DYN_EXT_START 511
#define CHRDEV_MAJOR_DYN_EXT_END 384

struct address_space;
struct cdev;
struct dir_context;
struct fasync_struct;
struct file_lock;
struct file_operations;
struct inode_operations;
struct kiocb;
struct pipe_inode_info;
struct poll_table_struct;
struct seq_file;
struct super_block;
struct vm_area_struct;

typedef void *fl_owner_t;

struct inode {
	umode_t i_mode;
	unsigned short i_opflags;
	kuid_t i_uid;
	kgid_t i_gid;
	unsigned int i_flags;
	const struct inode_operations *i_op;
	struct super_block *i_sb;
	unsigned long i_ino;
	__KT_DEV(i_rdev);
	loff_t i_size;
	atomic_t i_count;
	const struct file_operations *i_fop;
	struct list_head i_devices;
	union {
		struct cdev *i_cdev;
		struct pipe_inode_info *i_pipe;
		char *i_link;
	};
	void *i_private;
};

/* Only made by an open; there are further fields after the last one. */
struct file {
	struct path f_path;
	struct inode *f_inode;
	const struct file_operations *f_op;
	atomic_long_t f_count;
	unsigned int f_flags;
	fmode_t f_mode;
	loff_t f_pos;
	void *private_data;
	struct address_space *f_mapping;
	spinlock_t f_lock;
};

struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
	void (*ki_complete)(struct kiocb *iocb, long ret);
	void *private_data; /* the kernel calls it `private` */
	int ki_flags;
	u16 ki_ioprio;
};
#define IOCB_NOWAIT (1 << 3)
#define IOCB_APPEND (1 << 4)

struct io_comp_batch;
struct file_operations {
	struct module *owner;
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read)(struct file *file, char __user *to, size_t count, loff_t *pos);
	ssize_t (*write)(struct file *file, const char __user *from, size_t count, loff_t *pos);
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
#if KT_SINCE(5, 16)
	int (*iopoll)(struct kiocb *iocb, struct io_comp_batch *batch, unsigned int flags);
#else
	int (*iopoll)(struct kiocb *iocb, bool spin);
#endif
#if KT_SINCE(6, 6)
	int (*kt_iterate)(struct file *file, struct dir_context *context);
#else
	int (*iterate)(struct file *file, struct dir_context *context);
#endif
#if KT_SINCE(4, 7)
	int (*iterate_shared)(struct file *file, struct dir_context *context);
#else
	int (*kt_iterate_shared)(struct file *file, struct dir_context *context);
#endif
#if KT_SINCE(4, 16)
	__poll_t (*poll)(struct file *file, struct poll_table_struct *table);
#else
	unsigned int (*poll)(struct file *file, struct poll_table_struct *table);
#endif
	long (*unlocked_ioctl)(struct file *file, unsigned int command, unsigned long argument);
	long (*compat_ioctl)(struct file *file, unsigned int command, unsigned long argument);
	int (*mmap)(struct file *file, struct vm_area_struct *area);
	unsigned long mmap_supported_flags;
	int (*open)(struct inode *inode, struct file *file);
	int (*flush)(struct file *file, fl_owner_t id);
	int (*release)(struct inode *inode, struct file *file);
	/* What follows is never called here. */
	int (*fsync)(struct file *file, loff_t from, loff_t to, int datasync);
	int (*fasync)(int fd, struct file *file, int on);
	int (*lock)(struct file *file, int command, struct file_lock *lock);
	unsigned long (*get_unmapped_area)(struct file *file, unsigned long address, unsigned long length,
					   unsigned long offset, unsigned long flags);
	int (*check_flags)(int flags);
	int (*flock)(struct file *file, int command, struct file_lock *lock);
	ssize_t (*splice_write)(struct pipe_inode_info *pipe, struct file *file, loff_t *pos, size_t count,
				unsigned int flags);
	ssize_t (*splice_read)(struct file *file, loff_t *pos, struct pipe_inode_info *pipe, size_t count,
			       unsigned int flags);
	long (*fallocate)(struct file *file, int mode, loff_t offset, loff_t length);
	void (*show_fdinfo)(struct seq_file *seq, struct file *file);
};

KT_BEGIN
/* Numbers of character devices: 0 or -errno. */
int kt_alloc_chrdev_region(u32 *dev, unsigned int baseminor, unsigned int count, const char *name);
int register_chrdev_region(dev_t from, unsigned int count, const char *name);
void unregister_chrdev_region(dev_t from, unsigned int count);
int __register_chrdev(unsigned int major, unsigned int baseminor, unsigned int count, const char *name,
		      const struct file_operations *fops);
void __unregister_chrdev(unsigned int major, unsigned int baseminor, unsigned int count, const char *name);

/* Files, or ERR_PTR(-errno). */
struct file *filp_open(const char *name, int flags, umode_t mode);
int filp_close(struct file *file, fl_owner_t id);
void fput(struct file *file);
ssize_t vfs_read(struct file *file, char __user *to, size_t count, loff_t *pos);
ssize_t vfs_write(struct file *file, const char __user *from, size_t count, loff_t *pos);
loff_t vfs_llseek(struct file *file, loff_t offset, int whence);
long vfs_ioctl(struct file *file, unsigned int command, unsigned long argument);
int vfs_fsync(struct file *file, int datasync);

/* For a path of kern_path() or an open file; and by name. Returns 0 or -errno. */
int kt_getattr(const struct path *path, struct kstat *stat);
struct dentry *kt_find_path(const char *name, int follow);

/* For tables of operations. */
loff_t noop_llseek(struct file *file, loff_t offset, int whence);
loff_t default_llseek(struct file *file, loff_t offset, int whence);
loff_t generic_file_llseek(struct file *file, loff_t offset, int whence);
loff_t fixed_size_llseek(struct file *file, loff_t offset, int whence, loff_t size);
loff_t no_seek_end_llseek(struct file *file, loff_t offset, int whence);
int nonseekable_open(struct inode *inode, struct file *file);
int stream_open(struct inode *inode, struct file *file);
int simple_open(struct inode *inode, struct file *file);
ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *pos, const void *from, size_t available);
ssize_t simple_write_to_buffer(void *to, size_t available, loff_t *pos, const void __user *from, size_t count);
int simple_attr_open(struct inode *inode, struct file *file, int (*get)(void *data, u64 *value),
		     int (*set)(void *data, u64 value), const char *format);
int simple_attr_release(struct inode *inode, struct file *file);
ssize_t simple_attr_read(struct file *file, char __user *to, size_t count, loff_t *pos);
ssize_t simple_attr_write(struct file *file, const char __user *from, size_t count, loff_t *pos);
KT_END

static inline int kt_vfs_getattr(const struct path *path, struct kstat *stat)
{
	int error = kt_getattr(path, stat);

	if (!error) {
		stat->dev = (dev_t)stat->kt_dev;
		stat->rdev = (dev_t)stat->kt_rdev;
	}
	return error;
}

#if KT_SINCE(4, 11)
static inline int vfs_getattr(const struct path *path, struct kstat *stat, u32 mask, unsigned int flags)
{
	(void)mask, (void)flags;
	return kt_vfs_getattr(path, stat);
}
#else
static inline int vfs_getattr(const struct path *path, struct kstat *stat)
{
	return kt_vfs_getattr(path, stat);
}
#endif

static inline int kt_vfs_stat(const char *name, struct kstat *stat, int follow)
{
	struct path path = { 0, kt_find_path(name, follow) };
	int error;

	if (IS_ERR(path.dentry))
		return (int)PTR_ERR(path.dentry);
	error = kt_vfs_getattr(&path, stat);
	dput(path.dentry);
	return error;
}

static inline int vfs_stat(const char __user *name, struct kstat *stat)
{
	return kt_vfs_stat(name, stat, 1);
}

static inline int vfs_lstat(const char __user *name, struct kstat *stat)
{
	return kt_vfs_stat(name, stat, 0);
}

#if !KT_SINCE(6, 12)
#define no_llseek ((loff_t (*)(struct file *, loff_t, int))0)
#endif

static inline int alloc_chrdev_region(dev_t *dev, unsigned int baseminor, unsigned int count, const char *name)
{
	u32 number = 0;
	int error = kt_alloc_chrdev_region(&number, baseminor, count, name);

	if (!error)
		*dev = number;
	return error;
}

static inline int register_chrdev(unsigned int major, const char *name, const struct file_operations *fops)
{
	return __register_chrdev(major, 0, 256, name, fops);
}

static inline void unregister_chrdev(unsigned int major, const char *name)
{
	__unregister_chrdev(major, 0, 256, name);
}

KT_BEGIN
/* These only use read_iter and write_iter. */
ssize_t kt_kernel_read(struct file *file, void *to, size_t count, loff_t *pos);
ssize_t kt_kernel_write(struct file *file, const void *from, size_t count, loff_t *pos);
KT_END

#if KT_SINCE(5, 10)
static inline ssize_t kernel_read(struct file *file, void *to, size_t count, loff_t *pos)
{
	return kt_kernel_read(file, to, count, pos);
}

static inline ssize_t kernel_write(struct file *file, const void *from, size_t count, loff_t *pos)
{
	return kt_kernel_write(file, from, count, pos);
}
#elif KT_SINCE(4, 14)
static inline ssize_t kernel_read(struct file *file, void *to, size_t count, loff_t *pos)
{
	return vfs_read(file, (char *)to, count, pos);
}

static inline ssize_t kernel_write(struct file *file, const void *from, size_t count, loff_t *pos)
{
	return vfs_write(file, (const char *)from, count, pos);
}
#else
static inline int kernel_read(struct file *file, loff_t offset, char *to, unsigned long count)
{
	return (int)vfs_read(file, to, count, &offset);
}

static inline ssize_t kernel_write(struct file *file, const char *from, size_t count, loff_t offset)
{
	return vfs_write(file, from, count, &offset);
}

#endif

/* There are no programs with another size of addresses. */
#if KT_SINCE(5, 5)
static inline long compat_ptr_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	return file->f_op->unlocked_ioctl ? file->f_op->unlocked_ioctl(file, command, argument) : -ENOIOCTLCMD;
}
#endif

static inline unsigned int iminor(const struct inode *inode)
{
	return MINOR(inode->i_rdev);
}

static inline unsigned int imajor(const struct inode *inode)
{
	return MAJOR(inode->i_rdev);
}

static inline struct inode *file_inode(const struct file *file)
{
	return file->f_inode;
}

static inline struct dentry *file_dentry(const struct file *file)
{
	return file->f_path.dentry;
}

static inline loff_t i_size_read(const struct inode *inode)
{
	return inode->i_size;
}

static inline void i_size_write(struct inode *inode, loff_t size)
{
	inode->i_size = size;
}

static inline struct file *get_file(struct file *file)
{
	__atomic_fetch_add(&file->f_count.counter, 1, __ATOMIC_RELAXED);
	return file;
}

#define file_count(file) __atomic_load_n(&(file)->f_count.counter, __ATOMIC_RELAXED)

#define fops_get(fops) (fops)
#define fops_put(fops) ((void)(fops))
#define replace_fops(file, fops) do { (file)->f_op = (fops); } while (0)

static inline int fasync_helper(int fd, struct file *file, int on, struct fasync_struct **list)
{
	(void)fd, (void)file, (void)on, (void)list;
	return 0;
}

static inline void kill_fasync(struct fasync_struct **list, int sig, int band)
{
	(void)band, (void)sig, (void)list;
}

/* A file with one number in it, for debugfs. */
#define DEFINE_SIMPLE_ATTRIBUTE(name, get, set, format) \
	static int name##_open(struct inode *inode, struct file *file) \
	{ \
		return simple_attr_open(inode, file, get, set, format); \
	} \
	static const struct file_operations name = { \
		.owner = THIS_MODULE, \
		.llseek = generic_file_llseek, \
		.read = simple_attr_read, \
		.write = simple_attr_write, \
		.open = name##_open, \
		.release = simple_attr_release, \
	}
#if KT_SINCE(4, 7)
#define DEFINE_DEBUGFS_ATTRIBUTE(name, get, set, format) DEFINE_SIMPLE_ATTRIBUTE(name, get, set, format)
#endif

/* The folder /sys/fs. */
KT_BEGIN
extern struct kobject *fs_kobj;
KT_END

DEFINE_FREE(fput, struct file *, if (!IS_ERR_OR_NULL(_T)) fput(_T))

#endif
