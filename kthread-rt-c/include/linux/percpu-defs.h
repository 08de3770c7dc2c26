/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PERCPU_DEFS_H
#define KT_LINUX_PERCPU_DEFS_H

#include <kt/core/linux/percpu.h>

#endif
