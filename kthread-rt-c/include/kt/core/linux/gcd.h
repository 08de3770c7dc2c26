/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The greatest common divisor. */
#ifndef KT_CORE_LINUX_GCD_H
#define KT_CORE_LINUX_GCD_H

#include <kt/core/linux/compiler.h>

static inline unsigned long gcd(unsigned long a, unsigned long b)
{
	while (b) {
		unsigned long rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

#endif
