/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Credentials: every task is the superuser's, like a kernel thread. */
#ifndef KT_CORE_LINUX_CRED_H
#define KT_CORE_LINUX_CRED_H

#include <kt/core/linux/capability.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/uidgid.h>
#include <kt/core/linux/version.h>

struct group_info;
struct ucounts;
struct user_namespace;
struct user_struct;

/* All tasks share this one. Its pointers are null. */
struct cred {
#if KT_SINCE(6, 7)
	atomic_long_t usage;
#else
	atomic_t usage;
	int kt_pad;
#endif
	kuid_t uid;
	kgid_t gid;
	kuid_t suid;
	kgid_t sgid;
	kuid_t euid;
	kgid_t egid;
	kuid_t fsuid;
	kgid_t fsgid;
	unsigned int securebits;
	unsigned int kt_pad2;
	kernel_cap_t cap_inheritable, cap_permitted, cap_effective, cap_bset, cap_ambient;
	struct user_struct *user;
	struct user_namespace *user_ns;
	struct ucounts *ucounts;
	struct group_info *group_info;
};

#define __task_cred(task) ((task)->real_cred)
#define current_cred() ((const struct cred *)current->cred)
#define current_real_cred() ((const struct cred *)current->real_cred)
#define get_current_cred() current_cred()

static inline const struct cred *get_task_cred(struct task_struct *task)
{
	return __task_cred(task);
}

static inline const struct cred *get_cred(const struct cred *cred)
{
	return cred;
}

static inline void put_cred(const struct cred *cred)
{
	(void)cred;
}

#define task_uid(task) (__task_cred(task)->uid)
#define task_euid(task) (__task_cred(task)->euid)
#define current_uid() (current_cred()->uid)
#define current_gid() (current_cred()->gid)
#define current_euid() (current_cred()->euid)
#define current_egid() (current_cred()->egid)
#define current_suid() (current_cred()->suid)
#define current_sgid() (current_cred()->sgid)
#define current_fsuid() (current_cred()->fsuid)
#define current_fsgid() (current_cred()->fsgid)

#endif
