/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A trace point, for headers that only ask whether one is watched. None is. */
#ifndef KT_CORE_LINUX_TRACEPOINT_DEFS_H
#define KT_CORE_LINUX_TRACEPOINT_DEFS_H

struct tracepoint {
	const char *name;
};

#define DECLARE_TRACEPOINT(name) extern struct tracepoint __tracepoint_##name
#define tracepoint_enabled(name) 0

#endif
