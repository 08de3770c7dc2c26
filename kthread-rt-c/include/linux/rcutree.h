/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See rcupdate.h. */
#ifndef KT_LINUX_RCUTREE_H
#define KT_LINUX_RCUTREE_H

#include <linux/rcupdate.h>

#endif
