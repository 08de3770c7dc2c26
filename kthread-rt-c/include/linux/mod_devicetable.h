/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MOD_DEVICETABLE_H
#define KT_LINUX_MOD_DEVICETABLE_H

#include <kt/core/linux/mod_devicetable.h>

/* What a kernel's linux/mod_devicetable.h brings along. */
#include <linux/uuid.h>

#endif
