/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_SIGINFO_H
#define KT_UAPI_ASM_SIGINFO_H

#include <kt/core/asm/siginfo.h>

#endif
