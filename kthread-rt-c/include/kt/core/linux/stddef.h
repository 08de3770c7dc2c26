/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NULL, offsetof and the like. */
#ifndef KT_CORE_LINUX_STDDEF_H
#define KT_CORE_LINUX_STDDEF_H

#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#if KT_SINCE(4, 16)
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#endif
#define offsetofend(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))

/*
 * A group of members, accessible by their own names and as a structure `name`, with an optional tag
 * and attributes.
 */
#if KT_SINCE(5, 16)
#define __kt_struct_group(tag, name, attributes, members) \
	union { \
		struct { members } attributes; \
		struct tag { members } attributes name; \
	}
#define __struct_group(tag, name, attributes, ...) __kt_struct_group(tag, name, attributes, __VA_ARGS__)
#define struct_group(name, ...) __kt_struct_group(, name, , __VA_ARGS__)
#define struct_group_attr(name, attributes, ...) __kt_struct_group(, name, attributes, __VA_ARGS__)
#define struct_group_tagged(tag, name, ...) __kt_struct_group(tag, name, , __VA_ARGS__)
/* A flexible array that may be in a union, or the only member. */
#define DECLARE_FLEX_ARRAY(type, name) \
	struct { \
		struct { } __kt_empty_##name; \
		type name[]; \
	}
#endif

#endif
