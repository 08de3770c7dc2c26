/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Entries of debugfs, which this process can open by name, below /sys/kernel/debug: see kt_dev.h.
 */
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

/* Shown as decimal numbers with spaces between them. */
struct debugfs_u32_array {
	u32 *array;
	u32 n_elements;
};

KT_BEGIN
struct dentry *debugfs_create_dir(const char *name, struct dentry *parent);
struct dentry *debugfs_create_file(const char *name, umode_t mode, struct dentry *parent, void *data,
				   const struct file_operations *fops);
/*
 * A number of 1, 2, 4 or 8 bytes; `kind` is u (decimal), d (signed), x (hexadecimal) or b (Y or N).
 */
struct dentry *kt_debugfs_create_number(const char *name, umode_t mode, struct dentry *parent, void *value,
					int bytes, char kind);
struct dentry *kt_debugfs_create_blob(const char *name, umode_t mode, struct dentry *parent,
				      struct debugfs_blob_wrapper *blob);
struct dentry *kt_debugfs_create_str(const char *name, umode_t mode, struct dentry *parent, char **value);
struct dentry *kt_debugfs_create_u32_array(const char *name, umode_t mode, struct dentry *parent,
					   struct debugfs_u32_array *array);
struct dentry *debugfs_create_symlink(const char *name, struct dentry *parent, const char *target);
struct dentry *debugfs_lookup(const char *name, struct dentry *parent);
void debugfs_remove(struct dentry *dentry);
KT_END

#define debugfs_remove_recursive(dentry) debugfs_remove(dentry)
#define debugfs_create_file_unsafe debugfs_create_file

static inline void debugfs_create_u8(const char *name, umode_t mode, struct dentry *parent, u8 *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 1, 'u');
}

static inline void debugfs_create_u16(const char *name, umode_t mode, struct dentry *parent, u16 *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 2, 'u');
}

static inline void debugfs_create_u32(const char *name, umode_t mode, struct dentry *parent, u32 *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 4, 'u');
}

static inline void debugfs_create_u64(const char *name, umode_t mode, struct dentry *parent, u64 *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 8, 'u');
}

static inline void debugfs_create_ulong(const char *name, umode_t mode, struct dentry *parent, unsigned long *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 8, 'u');
}

static inline void debugfs_create_size_t(const char *name, umode_t mode, struct dentry *parent, size_t *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 8, 'u');
}

static inline void debugfs_create_atomic_t(const char *name, umode_t mode, struct dentry *parent, atomic_t *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 4, 'd');
}

static inline void debugfs_create_x8(const char *name, umode_t mode, struct dentry *parent, u8 *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 1, 'x');
}

static inline void debugfs_create_x16(const char *name, umode_t mode, struct dentry *parent, u16 *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 2, 'x');
}

static inline void debugfs_create_x32(const char *name, umode_t mode, struct dentry *parent, u32 *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 4, 'x');
}

static inline void debugfs_create_x64(const char *name, umode_t mode, struct dentry *parent, u64 *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 8, 'x');
}

static inline void debugfs_create_bool(const char *name, umode_t mode, struct dentry *parent, bool *value)
{
	(void)kt_debugfs_create_number(name, mode, parent, value, 1, 'b');
}

/* These are read-only. */
static inline struct dentry *debugfs_create_blob(const char *name, umode_t mode, struct dentry *parent,
						 struct debugfs_blob_wrapper *blob)
{
	return kt_debugfs_create_blob(name, mode & 0444, parent, blob);
}

static inline void debugfs_create_str(const char *name, umode_t mode, struct dentry *parent, char **value)
{
	(void)kt_debugfs_create_str(name, mode, parent, value);
}

static inline void debugfs_create_u32_array(const char *name, umode_t mode, struct dentry *parent,
					    struct debugfs_u32_array *array)
{
	(void)kt_debugfs_create_u32_array(name, mode & 0444, parent, array);
}

static inline void debugfs_lookup_and_remove(const char *name, struct dentry *parent)
{
	debugfs_remove(debugfs_lookup(name, parent));
}

static inline bool debugfs_initialized(void)
{
	return true;
}

#endif
