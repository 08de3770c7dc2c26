/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Users and groups, of the one user namespace that there is. */
#ifndef KT_CORE_LINUX_UIDGID_H
#define KT_CORE_LINUX_UIDGID_H

#include <kt/core/linux/types.h>

typedef struct {
	uid_t val;
} kuid_t;
typedef struct {
	gid_t val;
} kgid_t;

#define KUIDT_INIT(value) ((kuid_t){ (value) })
#define KGIDT_INIT(value) ((kgid_t){ (value) })
#define GLOBAL_ROOT_UID KUIDT_INIT(0)
#define GLOBAL_ROOT_GID KGIDT_INIT(0)
#define __kuid_val(uid) ((uid).val)
#define __kgid_val(gid) ((gid).val)
#define uid_eq(a, b) ((a).val == (b).val)
#define gid_eq(a, b) ((a).val == (b).val)
#define uid_valid(uid) ((uid).val != (uid_t)-1)
#define gid_valid(gid) ((gid).val != (gid_t)-1)
#define make_kuid(ns, value) KUIDT_INIT(value)
#define make_kgid(ns, value) KGIDT_INIT(value)
#define from_kuid(ns, uid) ((uid).val)
#define from_kgid(ns, gid) ((gid).val)
#define from_kuid_munged(ns, uid) ((uid).val)
#define from_kgid_munged(ns, gid) ((gid).val)

#endif
