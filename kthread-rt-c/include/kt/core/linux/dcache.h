/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Names of files. There is no cache: a dentry belongs to an open file, or to an entry of debugfs.
 */
#ifndef KT_CORE_LINUX_DCACHE_H
#define KT_CORE_LINUX_DCACHE_H

#include <kt/core/linux/types.h>

#define DNAME_INLINE_LEN 40

struct inode;

struct qstr {
	u32 hash;
	u32 len;
	const unsigned char *name;
};

struct dentry {
	unsigned int d_flags;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	unsigned char d_iname[DNAME_INLINE_LEN];
	void *d_fsdata;
};

KT_BEGIN
/*
 * A dentry of kern_path() lives until its last reference is dropped. Any other lives as long as its
 * file or entry.
 */
struct dentry *dget(struct dentry *dentry);
void dput(struct dentry *dentry);
KT_END

#define QSTR_INIT(text, length) { 0, (length), (const unsigned char *)(text) }

static inline struct inode *d_inode(const struct dentry *dentry)
{
	return dentry->d_inode;
}

static inline struct inode *d_backing_inode(const struct dentry *dentry)
{
	return dentry->d_inode;
}

#endif
