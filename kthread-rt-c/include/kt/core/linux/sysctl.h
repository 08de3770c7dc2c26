/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Tables of /proc/sys: a module can register them, but only calls of their handlers read or write
 * them.
 */
#ifndef KT_CORE_LINUX_SYSCTL_H
#define KT_CORE_LINUX_SYSCTL_H

#include <kt/core/linux/limits.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct ctl_table;
/* Since 6.11 a handler does not change its table. */
#if KT_SINCE(6, 11)
#define KT_CTL_CONST const
#else
#define KT_CTL_CONST
#endif
typedef int proc_handler(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);

struct ctl_table {
	const char *procname;
	void *data;
	int maxlen;
	umode_t mode;
	int (*proc_handler)(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
	void *poll;
	void *extra1;
	void *extra2;
#if !KT_SINCE(6, 6)
	/* Last, so that the other fields have the same offsets in all versions. */
	struct ctl_table *child;
#endif
};

struct ctl_table_header {
	struct ctl_table *ctl_table;
};

/* Limits that extra1 and extra2 may point to. */
static const int kt_sysctl_numbers[] __attribute__((__unused__)) = { 0, 1, 2, 3, 4, 100, 200, 1000, 3000, INT_MAX, 65535, -1 };
static const unsigned long kt_sysctl_longs[] __attribute__((__unused__)) = { 0, 1, LONG_MAX };
#define SYSCTL_ZERO ((void *)&kt_sysctl_numbers[0])
#define SYSCTL_ONE ((void *)&kt_sysctl_numbers[1])
#define SYSCTL_TWO ((void *)&kt_sysctl_numbers[2])
#define SYSCTL_THREE ((void *)&kt_sysctl_numbers[3])
#define SYSCTL_FOUR ((void *)&kt_sysctl_numbers[4])
#define SYSCTL_ONE_HUNDRED ((void *)&kt_sysctl_numbers[5])
#define SYSCTL_TWO_HUNDRED ((void *)&kt_sysctl_numbers[6])
#define SYSCTL_ONE_THOUSAND ((void *)&kt_sysctl_numbers[7])
#define SYSCTL_THREE_THOUSAND ((void *)&kt_sysctl_numbers[8])
#define SYSCTL_INT_MAX ((void *)&kt_sysctl_numbers[9])
#define SYSCTL_MAXOLDUID ((void *)&kt_sysctl_numbers[10])
#define SYSCTL_NEG_ONE ((void *)&kt_sysctl_numbers[11])
#define SYSCTL_LONG_ZERO ((void *)&kt_sysctl_longs[0])
#define SYSCTL_LONG_ONE ((void *)&kt_sysctl_longs[1])
#define SYSCTL_LONG_MAX ((void *)&kt_sysctl_longs[2])

/*
 * A read at position 0 shows the data, with tabs between numbers. A write sets values up to the
 * first invalid one: -EINVAL if that is the first, -ERANGE for a single unsigned int out of range.
 */
KT_BEGIN
int proc_dostring(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
int proc_dobool(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
int proc_dointvec(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
int proc_douintvec(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
int proc_dointvec_minmax(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
int proc_douintvec_minmax(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
int proc_dointvec_jiffies(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
int proc_dointvec_ms_jiffies(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
int proc_doulongvec_minmax(KT_CTL_CONST struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos);
KT_END

/* A zeroed header of that size; NULL if there is no memory. */
KT_BEGIN
void *kt_register_sysctl(const char *path, size_t size);
void kt_unregister_sysctl(void *header);
KT_END

static inline struct ctl_table_header *register_sysctl(const char *path, struct ctl_table *table)
{
	struct ctl_table_header *header = (struct ctl_table_header *)kt_register_sysctl(path, sizeof(*header));

	if (header)
		header->ctl_table = table;
	return header;
}

static inline struct ctl_table_header *register_sysctl_table(struct ctl_table *table)
{
	return register_sysctl("", table);
}

static inline void unregister_sysctl_table(struct ctl_table_header *header)
{
	kt_unregister_sysctl(header);
}

#endif
