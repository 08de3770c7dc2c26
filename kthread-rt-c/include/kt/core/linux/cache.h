/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lines of the cache. */
#ifndef KT_CORE_LINUX_CACHE_H
#define KT_CORE_LINUX_CACHE_H

#include <kt/core/linux/compiler.h>

#define L1_CACHE_SHIFT 6
#define L1_CACHE_BYTES (1 << L1_CACHE_SHIFT)
#define SMP_CACHE_BYTES L1_CACHE_BYTES
#define cache_line_size() L1_CACHE_BYTES
#define L1_CACHE_ALIGN(x) (((x) + (L1_CACHE_BYTES - 1)) & ~(__typeof__(x))(L1_CACHE_BYTES - 1))

#endif
