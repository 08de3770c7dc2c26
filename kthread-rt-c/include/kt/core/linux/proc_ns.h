/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Namespaces: one of each. */
#ifndef KT_CORE_LINUX_PROC_NS_H
#define KT_CORE_LINUX_PROC_NS_H

#include <kt/core/linux/pid_namespace.h>

struct ns_common {
	atomic_long_t stashed;
	unsigned int inum;
	refcount_t count;
};

enum {
	PROC_ROOT_INO = 1,
	PROC_IPC_INIT_INO = 0xEFFFFFFFU,
	PROC_UTS_INIT_INO = 0xEFFFFFFEU,
	PROC_USER_INIT_INO = 0xEFFFFFFDU,
	PROC_PID_INIT_INO = 0xEFFFFFFCU,
	PROC_CGROUP_INIT_INO = 0xEFFFFFFBU,
};

#endif
