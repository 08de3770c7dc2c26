/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_KCONFIG_H
#define KT_LINUX_KCONFIG_H

#include <kt/core/asm/byteorder.h>
#include <kt/core/linux/kconfig.h>

/* What a kernel's linux/kconfig.h brings along. */
#include <generated/autoconf.h>

#endif
