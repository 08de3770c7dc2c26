/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See kernel.h. */
#ifndef KT_LINUX_SPRINTF_H
#define KT_LINUX_SPRINTF_H

#include <linux/kernel.h>

#endif
