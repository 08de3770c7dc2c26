/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See seqlock.h. */
#ifndef KT_LINUX_SEQLOCK_TYPES_H
#define KT_LINUX_SEQLOCK_TYPES_H

#include <linux/seqlock.h>

#endif
