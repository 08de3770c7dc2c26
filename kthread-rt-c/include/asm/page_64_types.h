/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_PAGE_64_TYPES_H
#define KT_ASM_PAGE_64_TYPES_H

#include <kt/core/linux/thread_info.h>

#endif
