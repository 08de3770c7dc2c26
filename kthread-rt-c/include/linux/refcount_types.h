/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See refcount.h. */
#ifndef KT_LINUX_REFCOUNT_TYPES_H
#define KT_LINUX_REFCOUNT_TYPES_H

#include <linux/refcount.h>

#endif
