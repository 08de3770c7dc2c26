/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_STAT_H
#define KT_UAPI_ASM_STAT_H

#include <kt/core/linux/stat.h>

#endif
