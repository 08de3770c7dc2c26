/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_FCNTL_H
#define KT_UAPI_ASM_FCNTL_H

#include <kt/core/linux/fcntl.h>

#endif
