/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where a file is. */
#ifndef KT_CORE_LINUX_PATH_H
#define KT_CORE_LINUX_PATH_H

struct dentry;
struct vfsmount;

struct path {
	struct vfsmount *mnt; /* null: there are no mounts here */
	struct dentry *dentry;
};

#endif
