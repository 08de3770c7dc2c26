/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PROPERTY_H
#define KT_LINUX_PROPERTY_H

#include <kt/core/linux/property.h>

/* What a kernel's linux/property.h brings along. */
#include <linux/bitops.h>
#include <linux/list.h>

#endif
