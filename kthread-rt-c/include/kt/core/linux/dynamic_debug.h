/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names only: pr_debug() prints if DEBUG is defined. */
#ifndef KT_CORE_LINUX_DYNAMIC_DEBUG_H
#define KT_CORE_LINUX_DYNAMIC_DEBUG_H

#include <kt/core/linux/printk.h>
#include <kt/core/linux/types.h>

#define _DPRINTK_FLAGS_NONE 0
#define _DPRINTK_FLAGS_PRINT (1 << 0)

struct _ddebug {
	const char *modname;
	const char *function;
	const char *filename;
	const char *format;
	unsigned int lineno : 18;
	unsigned int flags : 8;
};

#define DEFINE_DYNAMIC_DEBUG_METADATA(name, fmt) \
	static struct _ddebug __maybe_unused name = { "", __func__, __FILE__, (fmt), __LINE__, _DPRINTK_FLAGS_NONE }
#define DYNAMIC_DEBUG_BRANCH(descriptor) ((descriptor).flags & _DPRINTK_FLAGS_PRINT)
#define dynamic_pr_debug(fmt, ...) pr_debug(fmt, ##__VA_ARGS__)

#endif
