/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tables of /proc/sys: a module can register them, and nobody reads or writes them. */
#ifndef KT_CORE_LINUX_SYSCTL_H
#define KT_CORE_LINUX_SYSCTL_H

#include <kt/core/linux/list.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct ctl_table;
typedef int proc_handler(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);

struct ctl_table {
	const char *procname;
	void *data;
	int maxlen;
	umode_t mode;
#if !KT_SINCE(6, 6)
	struct ctl_table *child;
#endif
	int (*proc_handler)(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
	void *poll;
	void *extra1;
	void *extra2;
};

struct ctl_table_header {
	struct ctl_table *ctl_table;
};

#define __kt_proc_handler(name) \
	static inline int name(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos) \
	{ \
		(void)table, (void)write, (void)buffer, (void)ppos; \
		*lenp = 0; \
		return 0; \
	}
__kt_proc_handler(proc_dostring)
__kt_proc_handler(proc_dobool)
__kt_proc_handler(proc_dointvec)
__kt_proc_handler(proc_douintvec)
__kt_proc_handler(proc_dointvec_minmax)
__kt_proc_handler(proc_douintvec_minmax)
__kt_proc_handler(proc_dointvec_jiffies)
__kt_proc_handler(proc_dointvec_ms_jiffies)
__kt_proc_handler(proc_doulongvec_minmax)

/* One header stands for all that this file registers. */
static inline struct ctl_table_header *register_sysctl(const char *path, struct ctl_table *table)
{
	static struct ctl_table_header header;

	(void)path;
	header.ctl_table = table;
	return &header;
}

static inline struct ctl_table_header *register_sysctl_table(struct ctl_table *table)
{
	return register_sysctl("", table);
}

static inline void unregister_sysctl_table(struct ctl_table_header *header)
{
	(void)header;
}

#endif
