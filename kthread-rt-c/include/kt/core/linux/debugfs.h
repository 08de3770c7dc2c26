/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Entries of debugfs, which this process can open by name, below /sys/kernel/debug: see kt_dev.h. */
#ifndef KT_CORE_LINUX_DEBUGFS_H
#define KT_CORE_LINUX_DEBUGFS_H

#include <kt/core/linux/dcache.h>
#include <kt/core/linux/fs.h>
#include <kt/core/linux/seq_file.h>
#include <kt/core/linux/types.h>

struct debugfs_blob_wrapper {
	void *data;
	unsigned long size;
};

KT_BEGIN
struct dentry *debugfs_create_dir(const char *name, struct dentry *parent);
struct dentry *debugfs_create_file(const char *name, umode_t mode, struct dentry *parent, void *data,
				   const struct file_operations *fops);
/* A number of 1, 2, 4 or 8 bytes; `kind` is u (decimal), d (signed), x (hexadecimal) or b (Y or N). */
struct dentry *kt_debugfs_create_number(const char *name, umode_t mode, struct dentry *parent, void *value,
					int bytes, char kind);
struct dentry *debugfs_lookup(const char *name, struct dentry *parent);
void debugfs_remove(struct dentry *dentry);
KT_END

#define debugfs_remove_recursive(dentry) debugfs_remove(dentry)
#define debugfs_create_file_unsafe(name, mode, parent, data, fops) debugfs_create_file(name, mode, parent, data, fops)
#define debugfs_create_u8(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 1, 'u'))
#define debugfs_create_u16(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 2, 'u'))
#define debugfs_create_u32(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 4, 'u'))
#define debugfs_create_u64(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 8, 'u'))
#define debugfs_create_ulong(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 8, 'u'))
#define debugfs_create_size_t(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 8, 'u'))
#define debugfs_create_atomic_t(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 4, 'd'))
#define debugfs_create_x8(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 1, 'x'))
#define debugfs_create_x16(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 2, 'x'))
#define debugfs_create_x32(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 4, 'x'))
#define debugfs_create_x64(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 8, 'x'))
#define debugfs_create_bool(name, mode, parent, value) ((void)kt_debugfs_create_number(name, mode, parent, value, 1, 'b'))

static inline bool debugfs_initialized(void)
{
	return true;
}

static inline void debugfs_lookup_and_remove(const char *name, struct dentry *parent)
{
	debugfs_remove(debugfs_lookup(name, parent));
}

#endif
