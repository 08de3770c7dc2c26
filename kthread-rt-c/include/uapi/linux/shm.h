/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_SHM_H
#define KT_UAPI_LINUX_SHM_H

#include <kt/core/linux/types.h>

/* What a kernel's uapi/linux/shm.h brings along. */
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#endif
