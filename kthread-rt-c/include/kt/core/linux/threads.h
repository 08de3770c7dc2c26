/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The numbers of cpus and pids. */
#ifndef KT_CORE_LINUX_THREADS_H
#define KT_CORE_LINUX_THREADS_H

#include <kt/core/generated/autoconf.h>

#define NR_CPUS CONFIG_NR_CPUS
#define PID_MAX_DEFAULT 0x8000
#define PID_MAX_LIMIT (4 * 1024 * 1024)

#endif
