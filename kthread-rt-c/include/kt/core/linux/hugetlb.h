/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Huge pages: there are none. */
#ifndef KT_CORE_LINUX_HUGETLB_H
#define KT_CORE_LINUX_HUGETLB_H

#include <kt/core/linux/mm.h>

#endif
