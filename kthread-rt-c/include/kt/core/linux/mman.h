/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Flags of user mappings, which have no effect here. */
#ifndef KT_CORE_LINUX_MMAN_H
#define KT_CORE_LINUX_MMAN_H

#include <kt/core/linux/types.h>

#if __STDC_HOSTED__
#include <sys/mman.h>
#else
#define PROT_NONE 0x0
#define PROT_READ 0x1
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4
#define MAP_SHARED 0x01
#define MAP_PRIVATE 0x02
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_LOCKED 0x2000
#define MAP_POPULATE 0x8000
#endif

#endif
