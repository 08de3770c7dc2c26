/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The least common multiple. */
#ifndef KT_CORE_LINUX_LCM_H
#define KT_CORE_LINUX_LCM_H

#include <kt/core/linux/gcd.h>

static inline unsigned long lcm(unsigned long a, unsigned long b)
{
	return a && b ? a / gcd(a, b) * b : 0;
}

/* The other number if one is 0. */
static inline unsigned long lcm_not_zero(unsigned long a, unsigned long b)
{
	return a && b ? lcm(a, b) : a | b;
}

#endif
