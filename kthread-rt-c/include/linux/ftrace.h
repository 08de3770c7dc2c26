/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names: functions are not traced, and there is no buffer to dump. */
#ifndef KT_LINUX_FTRACE_H
#define KT_LINUX_FTRACE_H

enum ftrace_dump_mode { DUMP_NONE, DUMP_ALL, DUMP_ORIG };

#define ftrace_dump(mode) do { (void)(mode); } while (0)
#define tracing_on() do { } while (0)
#define tracing_off() do { } while (0)
#define tracing_is_on() 0
#define tracepoint_string(text) (text)

#endif
