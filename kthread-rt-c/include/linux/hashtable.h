/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_HASHTABLE_H
#define KT_LINUX_HASHTABLE_H

#include <kt/core/linux/hashtable.h>

/* What a kernel's linux/hashtable.h brings along. */
#include <linux/hash.h>
#include <linux/rculist.h>

#endif
