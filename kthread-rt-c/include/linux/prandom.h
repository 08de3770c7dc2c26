/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See random.h. */
#ifndef KT_LINUX_PRANDOM_H
#define KT_LINUX_PRANDOM_H

#include <linux/random.h>

#endif
