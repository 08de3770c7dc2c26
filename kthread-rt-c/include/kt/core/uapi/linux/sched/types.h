/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Parameters of a scheduling policy. Modules that do not include this may have a struct of the same name. */
#ifndef KT_CORE_UAPI_LINUX_SCHED_TYPES_H
#define KT_CORE_UAPI_LINUX_SCHED_TYPES_H

struct sched_param {
	int sched_priority;
};

#endif
