/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_PROCESSOR_FLAGS_H
#define KT_UAPI_ASM_PROCESSOR_FLAGS_H

#include <kt/core/linux/irqflags.h>

#endif
