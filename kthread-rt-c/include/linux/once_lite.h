/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See once.h. */
#ifndef KT_LINUX_ONCE_LITE_H
#define KT_LINUX_ONCE_LITE_H

#include <linux/once.h>

#endif
