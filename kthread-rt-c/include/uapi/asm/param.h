/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_PARAM_H
#define KT_UAPI_ASM_PARAM_H

#include <kt/core/linux/jiffies.h>

#endif
