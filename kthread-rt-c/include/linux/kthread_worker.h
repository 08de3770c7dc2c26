/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KTHREAD_WORKER_H
#define KT_LINUX_KTHREAD_WORKER_H

#include <kt/core/linux/kthread_worker.h>

#endif
