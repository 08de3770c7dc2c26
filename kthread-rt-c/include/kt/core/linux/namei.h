/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Looking for names of files. */
#ifndef KT_CORE_LINUX_NAMEI_H
#define KT_CORE_LINUX_NAMEI_H

#include <kt/core/linux/dcache.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/fs.h>
#include <kt/core/linux/path.h>

#define LOOKUP_FOLLOW 0x0001
#define LOOKUP_DIRECTORY 0x0002

/* Files that modules have registered take precedence over the operating system's. */
static inline int kern_path(const char *name, unsigned int flags, struct path *path)
{
	struct dentry *found = kt_find_path(name, !!(flags & LOOKUP_FOLLOW));

	if (IS_ERR(found))
		return (int)PTR_ERR(found);
	if (flags & LOOKUP_DIRECTORY && (found->d_inode->i_mode & S_IFMT) != S_IFDIR) {
		dput(found);
		return -ENOTDIR;
	}
	path->mnt = (struct vfsmount *)0;
	path->dentry = found;
	return 0;
}

#endif
