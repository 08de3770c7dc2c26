/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* current: the task of the calling thread. */
#ifndef KT_CORE_ASM_CURRENT_H
#define KT_CORE_ASM_CURRENT_H

#include <kt/core/linux/compiler.h>

struct task_struct;

/* A place in the source, for reports of where a task waits. */
struct kt_place {
	const char *file;
	const char *function;
	int line;
};

KT_BEGIN
struct task_struct *kt_current(void);
void kt_set_place(const struct kt_place *place);
KT_END

/* Records the place of a call that may sleep, and makes the call. */
#define __kt_at(call) \
	({ \
		static const struct kt_place __kt_place = { __FILE__, __func__, __LINE__ }; \
		kt_set_place(&__kt_place); \
		call; \
	})

/*
 * The same for a macro of the function's own name: evaluating the first argument records the place.
 * The name itself stays usable: a structure may have a member of that name, with any arguments,
 * whose calls record their place, too.
 */
#define __kt_here(first, ...) \
	({ \
		static const struct kt_place __kt_place = { __FILE__, __func__, __LINE__ }; \
		kt_set_place(&__kt_place); \
		(first); \
	}) __VA_OPT__(,) __VA_ARGS__

#define get_current kt_current
#define current kt_current()

#endif
