/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The root and the current folder of a task. All tasks share one, like kernel threads. */
#ifndef KT_CORE_LINUX_FS_STRUCT_H
#define KT_CORE_LINUX_FS_STRUCT_H

#include <kt/core/linux/path.h>
#include <kt/core/linux/seqlock.h>
#include <kt/core/linux/spinlock_types.h>

struct fs_struct {
	int users;
	spinlock_t lock;
	seqcount_t seq;
	int umask;
	int in_exec;
	struct path root, pwd; /* null: there are no mounts here */
};

#endif
