/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Users and groups, in the only user namespace. */
#ifndef KT_CORE_LINUX_UIDGID_H
#define KT_CORE_LINUX_UIDGID_H

#include <kt/core/linux/types.h>

struct user_namespace;

KT_BEGIN
/* The only namespace, which is empty. */
extern struct user_namespace init_user_ns;
KT_END

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

static inline uid_t __kuid_val(kuid_t uid)
{
	return uid.val;
}

static inline gid_t __kgid_val(kgid_t gid)
{
	return gid.val;
}

static inline bool uid_eq(kuid_t a, kuid_t b)
{
	return a.val == b.val;
}

static inline bool gid_eq(kgid_t a, kgid_t b)
{
	return a.val == b.val;
}

static inline bool uid_valid(kuid_t uid)
{
	return uid.val != (uid_t)-1;
}

static inline bool gid_valid(kgid_t gid)
{
	return gid.val != (gid_t)-1;
}

static inline kuid_t make_kuid(struct user_namespace *ns, uid_t value)
{
	(void)ns;
	return KUIDT_INIT(value);
}

static inline kgid_t make_kgid(struct user_namespace *ns, gid_t value)
{
	(void)ns;
	return KGIDT_INIT(value);
}

static inline uid_t from_kuid(struct user_namespace *ns, kuid_t uid)
{
	(void)ns;
	return uid.val;
}

static inline gid_t from_kgid(struct user_namespace *ns, kgid_t gid)
{
	(void)ns;
	return gid.val;
}

static inline uid_t from_kuid_munged(struct user_namespace *ns, kuid_t uid)
{
	(void)ns;
	return uid.val;
}

static inline gid_t from_kgid_munged(struct user_namespace *ns, kgid_t gid)
{
	(void)ns;
	return gid.val;
}

#endif
