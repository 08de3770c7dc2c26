/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SEM_H
#define KT_LINUX_SEM_H

#include <kt/core/linux/types.h>

/* What a kernel's linux/sem.h brings along. */
#include <uapi/linux/sem.h>

#endif
