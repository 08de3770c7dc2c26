/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_GCD_H
#define KT_LINUX_GCD_H

#include <kt/core/linux/gcd.h>

/* What a kernel's linux/gcd.h brings along. */
#include <linux/compiler.h>

#endif
