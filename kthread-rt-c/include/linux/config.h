/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_CONFIG_H
#define KT_LINUX_CONFIG_H

#include <kt/core/linux/kconfig.h>

#endif
