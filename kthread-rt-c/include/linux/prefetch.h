/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Hints to the cache. */
#ifndef KT_LINUX_PREFETCH_H
#define KT_LINUX_PREFETCH_H

#define prefetch(address) __builtin_prefetch(address)
#define prefetchw(address) __builtin_prefetch(address, 1)

#endif
