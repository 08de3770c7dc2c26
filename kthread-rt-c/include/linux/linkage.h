/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See compiler.h. */
#ifndef KT_LINUX_LINKAGE_H
#define KT_LINUX_LINKAGE_H

#include <linux/compiler.h>

#endif
