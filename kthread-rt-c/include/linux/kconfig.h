/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nothing is configured. */
#ifndef KT_LINUX_KCONFIG_H
#define KT_LINUX_KCONFIG_H

#include <generated/autoconf.h>

#endif
