/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SHM_H
#define KT_LINUX_SHM_H

#include <kt/core/linux/types.h>

/* What a kernel's linux/shm.h brings along. */
#include <uapi/linux/shm.h>

#endif
