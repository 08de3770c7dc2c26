/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_PAGE_REF_H
#define KT_LINUX_PAGE_REF_H

#include <kt/core/linux/mm.h>

/* What a kernel's linux/page_ref.h brings along. */
#include <linux/page-flags.h>

#endif
