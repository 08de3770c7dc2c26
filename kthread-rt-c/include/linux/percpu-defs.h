/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See percpu.h. */
#ifndef KT_LINUX_PERCPU_DEFS_H
#define KT_LINUX_PERCPU_DEFS_H

#include <linux/percpu.h>

#endif
