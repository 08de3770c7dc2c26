/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who a task is, for the system: the superuser. */
#ifndef KT_CORE_LINUX_CRED_H
#define KT_CORE_LINUX_CRED_H

#include <kt/core/linux/uidgid.h>

#define current_uid() GLOBAL_ROOT_UID
#define current_euid() GLOBAL_ROOT_UID
#define current_gid() GLOBAL_ROOT_GID
#define current_egid() GLOBAL_ROOT_GID
#define capable(cap) ((void)(cap), true)

#endif
