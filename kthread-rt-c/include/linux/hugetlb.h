/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_HUGETLB_H
#define KT_LINUX_HUGETLB_H

#include <kt/core/linux/hugetlb.h>

/* What a kernel's linux/hugetlb.h brings along. */
#include <linux/mempolicy.h>
#include <linux/swap.h>

#endif
