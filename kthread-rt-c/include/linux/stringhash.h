/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_STRINGHASH_H
#define KT_LINUX_STRINGHASH_H

#include <kt/core/linux/stringhash.h>

/* What a kernel's linux/stringhash.h brings along. */
#include <linux/hash.h>

#endif
