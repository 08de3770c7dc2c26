/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See thread_info.h. */
#ifndef KT_ASM_THREAD_INFO_H
#define KT_ASM_THREAD_INFO_H

#include <linux/thread_info.h>

#endif
