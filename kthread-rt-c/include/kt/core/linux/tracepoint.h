/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tracepoints: functions that do nothing. Probes can't be registered. */
#ifndef KT_CORE_LINUX_TRACEPOINT_H
#define KT_CORE_LINUX_TRACEPOINT_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/tracepoint-defs.h>
#include <kt/core/linux/types.h>

#define TP_PROTO(...) __VA_ARGS__
#define TP_ARGS(...) __VA_ARGS__
#define TP_CONDITION(...) __VA_ARGS__
#define TP_STRUCT__entry(...)
#define TP_fast_assign(...)
#define TP_printk(...)
#define TP_perf_assign(...)
#define PARAMS(...) __VA_ARGS__

#define __kt_tracepoint(name, proto) \
	static inline void trace_##name(proto) \
	{ \
	} \
	static inline bool trace_##name##_enabled(void) \
	{ \
		return false; \
	} \
	static inline int register_trace_##name(void (*probe)(void *data, proto), void *data) \
	{ \
		(void)probe, (void)data; \
		return -ENOSYS; \
	} \
	static inline int unregister_trace_##name(void (*probe)(void *data, proto), void *data) \
	{ \
		(void)probe, (void)data; \
		return -ENOSYS; \
	}

#define DECLARE_TRACE(name, proto, args) __kt_tracepoint(name, PARAMS(proto))
#define DECLARE_TRACE_CONDITION(name, proto, args, cond) DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define DEFINE_TRACE(name, proto, args)
#define DEFINE_TRACE_FN(name, reg, unreg, proto, args)
#define TRACE_EVENT(name, proto, args, tstruct, assign, print) DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define TRACE_EVENT_FN(name, proto, args, tstruct, assign, print, reg, unreg) \
	DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define TRACE_EVENT_CONDITION(name, proto, args, cond, tstruct, assign, print) \
	DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define DECLARE_EVENT_CLASS(name, proto, args, tstruct, assign, print)
#define DEFINE_EVENT(class_name, name, proto, args) DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define DEFINE_EVENT_PRINT(class_name, name, proto, args, print) DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define DEFINE_EVENT_CONDITION(class_name, name, proto, args, cond) DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define EXPORT_TRACEPOINT_SYMBOL(name)
#define EXPORT_TRACEPOINT_SYMBOL_GPL(name)
#define tracepoint_string(text) (text)
#define TRACE_DEFINE_ENUM(value)
#define TRACE_DEFINE_SIZEOF(type)

static inline void tracepoint_synchronize_unregister(void)
{
}

#endif
