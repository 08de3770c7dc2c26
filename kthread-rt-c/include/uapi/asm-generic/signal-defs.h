/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_GENERIC_SIGNAL_DEFS_H
#define KT_UAPI_ASM_GENERIC_SIGNAL_DEFS_H

#include <kt/core/linux/signal.h>

#endif
