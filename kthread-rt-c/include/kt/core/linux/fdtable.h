/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Numbers of open files. All tasks share a table, whose slots are empty.
 */
#ifndef KT_CORE_LINUX_FDTABLE_H
#define KT_CORE_LINUX_FDTABLE_H

#include <kt/core/linux/fs.h>
#include <kt/core/linux/rcupdate.h>
#include <kt/core/linux/spinlock_types.h>

#define NR_OPEN_DEFAULT BITS_PER_LONG

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
	unsigned long *close_on_exec;
	unsigned long *open_fds;
	unsigned long *full_fds_bits;
};

struct files_struct {
	atomic_t count;
	spinlock_t file_lock;
	unsigned int next_fd;
	unsigned int kt_pad;
	struct fdtable *fdt;
	struct fdtable fdtab;
	unsigned long close_on_exec_init[1];
	unsigned long open_fds_init[1];
	unsigned long full_fds_bits_init[1];
	struct file *fd_array[NR_OPEN_DEFAULT];
};

#define files_fdtable(files) rcu_dereference((files)->fdt)

KT_BEGIN
/*
 * Numbers that modules have given to files. fget() takes a reference and returns the file, or null.
 */
int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *file);
struct file *fget(unsigned int fd);
int close_fd(unsigned int fd);
KT_END

static inline void flush_delayed_fput(void)
{
	/* The last fput() releases the file itself. */
}

#endif
