/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_ACCESS_OK_H
#define KT_ASM_GENERIC_ACCESS_OK_H

#include <kt/core/linux/uaccess.h>

#endif
