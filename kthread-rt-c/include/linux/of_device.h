/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See of.h. */
#ifndef KT_LINUX_OF_DEVICE_H
#define KT_LINUX_OF_DEVICE_H

#include <linux/of.h>

#endif
