/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Files whose text is made when they are read. */
#ifndef KT_CORE_LINUX_SEQ_FILE_H
#define KT_CORE_LINUX_SEQ_FILE_H

#include <kt/core/linux/fs.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>
#include <stdarg.h>

struct seq_operations;

struct seq_file {
	char *buf;
	size_t size;
	size_t from;
	size_t count;
	size_t pad_until;
	loff_t index;
	loff_t read_pos;
	const struct seq_operations *op;
	const struct file *file;
#ifdef __cplusplus
	void *private_;
#else
	void *private;
#endif
	/* There is more behind: seq_open() makes them. */
};

struct seq_operations {
	void *(*start)(struct seq_file *m, loff_t *pos);
	void (*stop)(struct seq_file *m, void *v);
	void *(*next)(struct seq_file *m, void *v, loff_t *pos);
	int (*show)(struct seq_file *m, void *v);
};

#define SEQ_SKIP 1
#define SEQ_START_TOKEN ((void *)1)

KT_BEGIN
int seq_open(struct file *file, const struct seq_operations *op);
int seq_release(struct inode *inode, struct file *file);
void *__seq_open_private(struct file *file, const struct seq_operations *op, int size);
int seq_open_private(struct file *file, const struct seq_operations *op, int size);
int seq_release_private(struct inode *inode, struct file *file);
int single_open(struct file *file, int (*show)(struct seq_file *m, void *v), void *data);
int single_open_size(struct file *file, int (*show)(struct seq_file *m, void *v), void *data, size_t size);
int single_release(struct inode *inode, struct file *file);
ssize_t seq_read(struct file *file, char __user *to, size_t count, loff_t *pos);
loff_t seq_lseek(struct file *file, loff_t offset, int whence);
int seq_write(struct seq_file *m, const void *data, size_t length);
void seq_putc(struct seq_file *m, char c);
void seq_puts(struct seq_file *m, const char *text);
void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_vprintf(struct seq_file *m, const char *fmt, va_list args);
void seq_put_decimal_ull(struct seq_file *m, const char *delimiter, unsigned long long number);
void seq_put_decimal_ll(struct seq_file *m, const char *delimiter, long long number);
void seq_pad(struct seq_file *m, char c);
void seq_escape(struct seq_file *m, const char *text, const char *escaped);
KT_END

static inline bool seq_has_overflowed(struct seq_file *m)
{
	return m->count == m->size;
}

static inline void seq_setwidth(struct seq_file *m, size_t width)
{
	m->pad_until = m->count + width;
}

/* For start() and next() of a list. */
static inline struct list_head *seq_list_start(struct list_head *head, loff_t pos)
{
	struct list_head *entry;

	for (entry = head->next; entry != head; entry = entry->next)
		if (pos-- == 0)
			return entry;
	return NULL;
}

static inline struct list_head *seq_list_start_head(struct list_head *head, loff_t pos)
{
	return pos ? seq_list_start(head, pos - 1) : head;
}

static inline struct list_head *seq_list_next(void *v, struct list_head *head, loff_t *pos)
{
	struct list_head *next = ((struct list_head *)v)->next;

	++*pos;
	return next == head ? NULL : next;
}

#define DEFINE_SEQ_ATTRIBUTE(name) \
	static int name##_open(struct inode *inode, struct file *file) \
	{ \
		int ret = seq_open(file, &name##_sops); \
		if (!ret && inode->i_private) \
			((struct seq_file *)file->private_data)->private = inode->i_private; \
		return ret; \
	} \
	static const struct file_operations name##_fops = { \
		.owner = THIS_MODULE, \
		.llseek = seq_lseek, \
		.read = seq_read, \
		.open = name##_open, \
		.release = seq_release, \
	}
#if KT_SINCE(4, 16)
#define DEFINE_SHOW_ATTRIBUTE(name) \
	static int name##_open(struct inode *inode, struct file *file) \
	{ \
		return single_open(file, name##_show, inode->i_private); \
	} \
	static const struct file_operations name##_fops = { \
		.owner = THIS_MODULE, \
		.llseek = seq_lseek, \
		.read = seq_read, \
		.open = name##_open, \
		.release = single_release, \
	}
#endif
#define DEFINE_PROC_SHOW_ATTRIBUTE(name) \
	static int name##_open(struct inode *inode, struct file *file) \
	{ \
		return single_open(file, name##_show, inode->i_private); \
	} \
	static const struct proc_ops name##_proc_ops = { \
		.proc_open = name##_open, \
		.proc_read = seq_read, \
		.proc_lseek = seq_lseek, \
		.proc_release = single_release, \
	}

#endif
