/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who a task is, for the system: the superuser. */
#ifndef KT_LINUX_CRED_H
#define KT_LINUX_CRED_H

#include <linux/types.h>

typedef struct {
	uid_t val;
} kuid_t;
typedef struct {
	gid_t val;
} kgid_t;

#define __kt_uid(v) ({ kuid_t __kt_id = { (v) }; __kt_id; })
#define __kt_gid(v) ({ kgid_t __kt_id = { (v) }; __kt_id; })
#define GLOBAL_ROOT_UID __kt_uid(0)
#define GLOBAL_ROOT_GID __kt_gid(0)
#define KUIDT_INIT(v) { (v) }
#define KGIDT_INIT(v) { (v) }
#define __kuid_val(id) ((id).val)
#define __kgid_val(id) ((id).val)
#define uid_eq(a, b) ((a).val == (b).val)
#define gid_eq(a, b) ((a).val == (b).val)
#define current_uid() GLOBAL_ROOT_UID
#define current_euid() GLOBAL_ROOT_UID
#define current_gid() GLOBAL_ROOT_GID
#define current_egid() GLOBAL_ROOT_GID
#define from_kuid(ns, id) ((id).val)
#define from_kgid(ns, id) ((id).val)
#define capable(cap) ((void)(cap), true)

#endif
