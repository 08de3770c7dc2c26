/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A file's location. */
#ifndef KT_CORE_LINUX_PATH_H
#define KT_CORE_LINUX_PATH_H

#include <kt/core/linux/compiler.h>

struct dentry;
struct vfsmount;

struct path {
	struct vfsmount *mnt; /* null: there are no mounts here */
	struct dentry *dentry;
};

KT_BEGIN
/* References to its dentry: see linux/dcache.h. */
void path_get(const struct path *path);
void path_put(const struct path *path);
KT_END

#endif
