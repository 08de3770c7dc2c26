/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_SEMAPHORE_H
#define KT_ASM_SEMAPHORE_H

#include <kt/core/linux/semaphore.h>

#endif
