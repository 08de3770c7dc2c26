/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_UNITS_H
#define KT_LINUX_UNITS_H

#include <kt/core/linux/units.h>

/* What a kernel's linux/units.h brings along. */
#include <linux/math.h>

#endif
