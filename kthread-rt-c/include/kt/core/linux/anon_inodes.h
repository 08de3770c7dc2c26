/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Open files without a name. */
#ifndef KT_CORE_LINUX_ANON_INODES_H
#define KT_CORE_LINUX_ANON_INODES_H

#include <kt/core/linux/fs.h>

KT_BEGIN
/*
 * The number is for fget(), fd_install() and close_fd() only; system calls of this process can't
 * use it.
 */
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *private_data, int flags);
int anon_inode_getfd(const char *name, const struct file_operations *fops, void *private_data, int flags);
KT_END

#endif
