/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Permissions: every task may do everything. */
#ifndef KT_CORE_LINUX_SECURITY_H
#define KT_CORE_LINUX_SECURITY_H

#include <kt/core/linux/types.h>

struct inode;
struct task_struct;

#endif
