/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* struct pid: a reference to a task that does not depend on its number. */
#ifndef KT_CORE_LINUX_PID_H
#define KT_CORE_LINUX_PID_H

#include <kt/core/linux/rculist.h>
#include <kt/core/linux/refcount.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/version.h>

enum pid_type {
	PIDTYPE_PID,
	PIDTYPE_TGID,
	PIDTYPE_PGID,
	PIDTYPE_SID,
	PIDTYPE_MAX,
};

struct pid_namespace;

struct upid {
	int nr;
	struct pid_namespace *ns;
};

/* Read-only. Made when C code first asks for a task's; lives until the module is unloaded. */
struct pid {
#if KT_SINCE(5, 3)
	refcount_t count;
#else
	atomic_t count;
#endif
	unsigned int level;
	spinlock_t lock;
	struct hlist_head tasks[PIDTYPE_MAX];
	struct hlist_head inodes;
	struct {
		spinlock_t lock;
		struct list_head head;
	} wait_pidfd;
	struct rcu_head rcu;
	struct upid numbers[1];
};

KT_BEGIN
struct pid *get_task_pid(struct task_struct *task, enum pid_type type);
struct pid *task_pid(struct task_struct *task) __asm__("kt_task_pid");
struct task_struct *pid_task(struct pid *pid, enum pid_type type);
struct task_struct *get_pid_task(struct pid *pid, enum pid_type type);
struct pid *find_get_pid(int nr);
struct pid *find_vpid(int nr);
void put_pid(struct pid *pid);
int kill_pid(struct pid *pid, int sig, int priv);
extern struct pid_namespace init_pid_ns;
KT_END

static inline struct pid *get_pid(struct pid *pid)
{
	if (pid)
		refcount_inc((refcount_t *)&pid->count);
	return pid;
}

/* There is one namespace. */
static inline pid_t pid_nr(struct pid *pid)
{
	return pid ? pid->numbers[0].nr : 0;
}

#define pid_vnr pid_nr

static inline pid_t pid_nr_ns(struct pid *pid, struct pid_namespace *ns)
{
	(void)ns;
	return pid_nr(pid);
}

static inline struct pid *find_pid_ns(int nr, struct pid_namespace *ns)
{
	(void)ns;
	return find_vpid(nr);
}

static inline struct pid_namespace *ns_of_pid(struct pid *pid)
{
	return pid ? &init_pid_ns : (struct pid_namespace *)0;
}

static inline bool is_child_reaper(struct pid *pid)
{
	return pid_nr(pid) == 1;
}

static inline int pid_alive(const struct task_struct *task)
{
	return pid_task(task_pid((struct task_struct *)task), PIDTYPE_PID) != 0;
}

#define task_tgid task_pid
#define task_pgrp task_pid
#define task_session task_pid

static inline struct task_struct *find_task_by_pid_ns(pid_t nr, struct pid_namespace *ns)
{
	(void)ns;
	return find_task_by_vpid(nr);
}

static inline pid_t __task_pid_nr_ns(struct task_struct *task, enum pid_type type, struct pid_namespace *ns)
{
	(void)ns, (void)type;
	return kt_task_pid_vnr(task);
}

static inline pid_t task_pid_nr_ns(struct task_struct *task, struct pid_namespace *ns)
{
	return __task_pid_nr_ns(task, PIDTYPE_PID, ns);
}

static inline pid_t task_tgid_nr_ns(struct task_struct *task, struct pid_namespace *ns)
{
	return __task_pid_nr_ns(task, PIDTYPE_TGID, ns);
}

static inline pid_t task_pgrp_nr(struct task_struct *task)
{
	return __task_pid_nr_ns(task, PIDTYPE_PGID, 0);
}

#define task_pgrp_vnr task_pgrp_nr

static inline pid_t task_session_nr(struct task_struct *task)
{
	return __task_pid_nr_ns(task, PIDTYPE_SID, 0);
}

#define task_session_vnr task_session_nr

#define do_each_pid_task(pid, type, task) \
	do { \
		(task) = (pid) ? pid_task(pid, type) : (struct task_struct *)0; \
		if (task) {
#define while_each_pid_task(pid, type, task) \
		} \
	} while (0)

#endif
