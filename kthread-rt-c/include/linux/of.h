/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_OF_H
#define KT_LINUX_OF_H

#include <kt/core/linux/of.h>

/* What a kernel's linux/of.h brings along. */
#include <linux/kobject.h>
#include <linux/mod_devicetable.h>
#include <linux/property.h>

#endif
