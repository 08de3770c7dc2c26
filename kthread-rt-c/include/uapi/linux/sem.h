/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_SEM_H
#define KT_UAPI_LINUX_SEM_H

#include <kt/core/linux/types.h>

/* What a kernel's uapi/linux/sem.h brings along. */
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#endif
