/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_BOOTMEM_H
#define KT_LINUX_BOOTMEM_H

#include <kt/core/linux/mm.h>

#endif
