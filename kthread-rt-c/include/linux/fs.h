/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_FS_H
#define KT_LINUX_FS_H

#include <kt/core/linux/fs.h>

/* What a kernel's linux/fs.h brings along. */
#include <linux/dcache.h>
#include <linux/fcntl.h>
#include <linux/kdev_t.h>
#include <linux/mnt_idmapping.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/percpu-rwsem.h>
#include <linux/projid.h>
#include <linux/radix-tree.h>
#include <linux/sched/rt.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/uuid.h>
#include <linux/wait_bit.h>
#include <uapi/linux/fs.h>

#endif
