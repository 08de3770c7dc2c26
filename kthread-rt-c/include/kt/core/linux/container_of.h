/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From a member to its structure. */
#ifndef KT_CORE_LINUX_CONTAINER_OF_H
#define KT_CORE_LINUX_CONTAINER_OF_H

#include <kt/core/linux/stddef.h>

/* `typeof_member` checks that `ptr` is a pointer to such a member. */
#define typeof_member(type, member) __typeof__(((type *)0)->member)
#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(1 ? (ptr) : (typeof_member(type, member) *)0) - offsetof(type, member)))
#define container_of_const(ptr, type, member) container_of(ptr, type, member)

#endif
