/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Requests for modules, which always fail; and helper programs. */
#ifndef KT_CORE_LINUX_KMOD_H
#define KT_CORE_LINUX_KMOD_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/umh.h>

static inline int __printf(2, 3) __request_module(bool wait, const char *fmt, ...)
{
	(void)wait, (void)fmt;
	return -ENOENT;
}

#define request_module(mod, ...) __request_module(true, mod, ##__VA_ARGS__)
#define request_module_nowait(mod, ...) __request_module(false, mod, ##__VA_ARGS__)
#define try_then_request_module(x, mod, ...) ((x) ? : (__request_module(true, mod, ##__VA_ARGS__), (x)))

#endif
