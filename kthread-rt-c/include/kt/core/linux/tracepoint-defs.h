/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tracepoints, for headers that only check whether one is enabled. None is. */
#ifndef KT_CORE_LINUX_TRACEPOINT_DEFS_H
#define KT_CORE_LINUX_TRACEPOINT_DEFS_H

struct tracepoint {
	const char *name;
};

#define DECLARE_TRACEPOINT(name) extern struct tracepoint __tracepoint_##name
#define tracepoint_enabled(name) 0

#endif
