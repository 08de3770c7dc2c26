/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Hash tables of hlists; their sizes are powers of two. */
#ifndef KT_CORE_LINUX_HASHTABLE_H
#define KT_CORE_LINUX_HASHTABLE_H

#include <kt/core/linux/array_size.h>
#include <kt/core/linux/hash.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/log2.h>
#include <kt/core/linux/rculist.h>
#include <kt/core/linux/types.h>

#define DEFINE_HASHTABLE(name, bits) struct hlist_head name[1 << (bits)] = { { 0 } }
#define DECLARE_HASHTABLE(name, bits) struct hlist_head name[1 << (bits)]
#define DEFINE_READ_MOSTLY_HASHTABLE(name, bits) DEFINE_HASHTABLE(name, bits)
#define HASH_SIZE(table) (ARRAY_SIZE(table))
#define HASH_BITS(table) ((unsigned int)ilog2(HASH_SIZE(table)))
#define hash_min(value, bits) (sizeof(value) <= 4 ? hash_32((u32)(value), bits) : hash_64((u64)(value), bits))

static inline void __hash_init(struct hlist_head *table, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		table[i].first = NULL;
}

static inline bool __hash_empty(struct hlist_head *table, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		if (table[i].first)
			return false;
	return true;
}

#define hash_init(table) __hash_init(table, HASH_SIZE(table))
#define hash_empty(table) __hash_empty(table, HASH_SIZE(table))
#define hash_add(table, node, key) hlist_add_head(node, &(table)[hash_min(key, HASH_BITS(table))])

static inline bool hash_hashed(struct hlist_node *node)
{
	return node->pprev != NULL;
}

#define hash_del hlist_del_init
#define hash_for_each(table, bucket, item, member) \
	for ((bucket) = 0, (item) = NULL; !(item) && (bucket) < (int)HASH_SIZE(table); (bucket)++) \
		hlist_for_each_entry(item, &(table)[bucket], member)
#define hash_for_each_safe(table, bucket, next, item, member) \
	for ((bucket) = 0, (item) = NULL; !(item) && (bucket) < (int)HASH_SIZE(table); (bucket)++) \
		hlist_for_each_entry_safe(item, next, &(table)[bucket], member)
#define hash_for_each_possible(table, item, member, key) \
	hlist_for_each_entry(item, &(table)[hash_min(key, HASH_BITS(table))], member)
#define hash_for_each_possible_safe(table, item, next, member, key) \
	hlist_for_each_entry_safe(item, next, &(table)[hash_min(key, HASH_BITS(table))], member)

/* Under RCU. */
#define hash_add_rcu(table, node, key) hlist_add_head_rcu(node, &(table)[hash_min(key, HASH_BITS(table))])

static inline void hash_del_rcu(struct hlist_node *node)
{
	hlist_del_init_rcu(node);
}

#define hash_for_each_rcu(table, bucket, item, member) \
	for ((bucket) = 0, (item) = NULL; !(item) && (bucket) < (int)HASH_SIZE(table); (bucket)++) \
		hlist_for_each_entry_rcu(item, &(table)[bucket], member)
#define hash_for_each_possible_rcu(table, item, member, key, ...) \
	hlist_for_each_entry_rcu(item, &(table)[hash_min(key, HASH_BITS(table))], member, ##__VA_ARGS__)
#define hash_for_each_possible_rcu_notrace(table, item, member, key) \
	hlist_for_each_entry_rcu_notrace(item, &(table)[hash_min(key, HASH_BITS(table))], member)

#endif
