/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The best approximation of a fraction with limited terms, by continued fractions. */
#ifndef KT_CORE_LINUX_RATIONAL_H
#define KT_CORE_LINUX_RATIONAL_H

#include <kt/core/linux/compiler.h>

KT_BEGIN
void rational_best_approximation(unsigned long given_numerator, unsigned long given_denominator, unsigned long max_numerator,
				 unsigned long max_denominator, unsigned long *best_numerator,
				 unsigned long *best_denominator);
KT_END

#endif
