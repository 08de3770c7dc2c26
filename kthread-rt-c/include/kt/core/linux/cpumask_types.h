/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The type of a set of cpus. */
#ifndef KT_CORE_LINUX_CPUMASK_TYPES_H
#define KT_CORE_LINUX_CPUMASK_TYPES_H

#include <kt/core/linux/threads.h>
#include <kt/core/linux/types.h>

typedef struct cpumask {
	unsigned long bits[NR_CPUS / BITS_PER_LONG];
} cpumask_t;
/* An array, so there is nothing to allocate. */
typedef struct cpumask cpumask_var_t[1];
#define cpumask_bits(mask) ((mask)->bits)

#endif
