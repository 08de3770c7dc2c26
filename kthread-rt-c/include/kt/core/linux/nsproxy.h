/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A task's namespaces. */
#ifndef KT_CORE_LINUX_NSPROXY_H
#define KT_CORE_LINUX_NSPROXY_H

#include <kt/core/linux/pid_namespace.h>

struct nsproxy {
	atomic_t count;
	struct pid_namespace *pid_ns_for_children;
};

#endif
