/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See sched.h. */
#ifndef KT_LINUX_SCHED_TYPES_H
#define KT_LINUX_SCHED_TYPES_H

#include <linux/sched.h>

#endif
