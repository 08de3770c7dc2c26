/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Kinds of names that objects have: one. */
#ifndef KT_CORE_LINUX_KOBJECT_NS_H
#define KT_CORE_LINUX_KOBJECT_NS_H

enum kobj_ns_type { KOBJ_NS_TYPE_NONE = 0, KOBJ_NS_TYPE_NET, KOBJ_NS_TYPES };

#endif
