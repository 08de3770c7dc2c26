/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BSEARCH_H
#define KT_LINUX_BSEARCH_H

#include <kt/core/linux/bsearch.h>

/* What a kernel's linux/bsearch.h brings along. */
#include <linux/types.h>

#endif
