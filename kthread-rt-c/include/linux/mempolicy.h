/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* There is one memory node. */
#ifndef KT_LINUX_MEMPOLICY_H
#define KT_LINUX_MEMPOLICY_H

#include <linux/types.h>

#endif
