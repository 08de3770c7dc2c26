/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sorts a list in place: stable, with n log n comparisons. */
#ifndef KT_CORE_LINUX_LIST_SORT_H
#define KT_CORE_LINUX_LIST_SORT_H

#include <kt/core/linux/list.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

/* Returns more than 0 if `a` belongs after `b`. */
#if KT_SINCE(5, 13)
typedef int (*list_cmp_func_t)(void *priv, const struct list_head *a, const struct list_head *b);
#else
typedef int (*list_cmp_func_t)(void *priv, struct list_head *a, struct list_head *b);
#endif

KT_BEGIN
void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp);
KT_END

#endif
