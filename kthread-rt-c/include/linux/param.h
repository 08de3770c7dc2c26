/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See jiffies.h. */
#ifndef KT_LINUX_PARAM_H
#define KT_LINUX_PARAM_H

#include <linux/jiffies.h>

#endif
