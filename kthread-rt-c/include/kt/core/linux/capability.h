/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Capabilities. Every task is the superuser's and has all. */
#ifndef KT_CORE_LINUX_CAPABILITY_H
#define KT_CORE_LINUX_CAPABILITY_H

#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

/* A set of capabilities. */
#if KT_SINCE(6, 3)
typedef struct {
	u64 val;
} kernel_cap_t;
#else
typedef struct kernel_cap_struct {
	u32 cap[2];
} kernel_cap_t;
#endif

struct task_struct;
struct user_namespace;

#define CAP_CHOWN 0
#define CAP_DAC_OVERRIDE 1
#define CAP_DAC_READ_SEARCH 2
#define CAP_FOWNER 3
#define CAP_FSETID 4
#define CAP_KILL 5
#define CAP_SETGID 6
#define CAP_SETUID 7
#define CAP_SETPCAP 8
#define CAP_LINUX_IMMUTABLE 9
#define CAP_NET_BIND_SERVICE 10
#define CAP_NET_BROADCAST 11
#define CAP_NET_ADMIN 12
#define CAP_NET_RAW 13
#define CAP_IPC_LOCK 14
#define CAP_IPC_OWNER 15
#define CAP_SYS_MODULE 16
#define CAP_SYS_RAWIO 17
#define CAP_SYS_CHROOT 18
#define CAP_SYS_PTRACE 19
#define CAP_SYS_PACCT 20
#define CAP_SYS_ADMIN 21
#define CAP_SYS_BOOT 22
#define CAP_SYS_NICE 23
#define CAP_SYS_RESOURCE 24
#define CAP_SYS_TIME 25
#define CAP_SYS_TTY_CONFIG 26
#define CAP_MKNOD 27
#define CAP_LEASE 28
#define CAP_AUDIT_WRITE 29
#define CAP_AUDIT_CONTROL 30
#define CAP_SETFCAP 31
#define CAP_MAC_OVERRIDE 32
#define CAP_MAC_ADMIN 33
#define CAP_SYSLOG 34
#define CAP_WAKE_ALARM 35
#define CAP_BLOCK_SUSPEND 36
#define CAP_AUDIT_READ 37
#define CAP_PERFMON 38
#define CAP_BPF 39
#define CAP_CHECKPOINT_RESTORE 40
#define CAP_LAST_CAP CAP_CHECKPOINT_RESTORE
#define cap_valid(cap) ((cap) >= 0 && (cap) <= CAP_LAST_CAP)

static inline bool capable(int cap)
{
	return cap_valid(cap);
}

static inline bool ns_capable(struct user_namespace *ns, int cap)
{
	(void)ns;
	return cap_valid(cap);
}

static inline bool ns_capable_noaudit(struct user_namespace *ns, int cap)
{
	return ns_capable(ns, cap);
}

static inline bool has_capability(struct task_struct *task, int cap)
{
	(void)task;
	return cap_valid(cap);
}

static inline bool has_capability_noaudit(struct task_struct *task, int cap)
{
	return has_capability(task, cap);
}

static inline bool has_ns_capability(struct task_struct *task, struct user_namespace *ns, int cap)
{
	(void)ns;
	return has_capability(task, cap);
}

static inline bool perfmon_capable(void)
{
	return capable(CAP_PERFMON);
}

static inline bool bpf_capable(void)
{
	return capable(CAP_BPF);
}

#endif
