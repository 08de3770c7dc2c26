/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Static keys: conditions that seldom change. The kernel patches code; here they are counters. */
#ifndef KT_CORE_LINUX_JUMP_LABEL_H
#define KT_CORE_LINUX_JUMP_LABEL_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>

struct static_key {
	atomic_t enabled;
};
struct static_key_true {
	struct static_key key;
};
struct static_key_false {
	struct static_key key;
};

#define STATIC_KEY_INIT_TRUE { { 1 } }
#define STATIC_KEY_INIT_FALSE { { 0 } }
#define DEFINE_STATIC_KEY_TRUE(name) struct static_key_true name = { STATIC_KEY_INIT_TRUE }
#define DEFINE_STATIC_KEY_FALSE(name) struct static_key_false name = { STATIC_KEY_INIT_FALSE }
#define DECLARE_STATIC_KEY_TRUE(name) extern struct static_key_true name
#define DECLARE_STATIC_KEY_FALSE(name) extern struct static_key_false name

static inline int static_key_count(struct static_key *key)
{
	return __atomic_load_n(&key->enabled.counter, __ATOMIC_RELAXED);
}

#define static_key_enabled(name) (static_key_count((struct static_key *)(name)) > 0)
#define static_branch_likely(name) likely(static_key_enabled(name))
#define static_branch_unlikely(name) unlikely(static_key_enabled(name))
#define static_branch_maybe(config, name) static_key_enabled(name)
#define static_branch_inc(name) ((void)__atomic_fetch_add(&(name)->key.enabled.counter, 1, __ATOMIC_SEQ_CST))
#define static_branch_dec(name) ((void)__atomic_fetch_sub(&(name)->key.enabled.counter, 1, __ATOMIC_SEQ_CST))
#define static_branch_enable(name) __atomic_store_n(&(name)->key.enabled.counter, 1, __ATOMIC_SEQ_CST)
#define static_branch_disable(name) __atomic_store_n(&(name)->key.enabled.counter, 0, __ATOMIC_SEQ_CST)

static inline bool static_key_false(struct static_key *key)
{
	return unlikely(static_key_count(key) > 0);
}

static inline bool static_key_true(struct static_key *key)
{
	return likely(static_key_count(key) > 0);
}

static inline void static_key_enable(struct static_key *key)
{
	__atomic_store_n(&key->enabled.counter, 1, __ATOMIC_SEQ_CST);
}

static inline void static_key_disable(struct static_key *key)
{
	__atomic_store_n(&key->enabled.counter, 0, __ATOMIC_SEQ_CST);
}

static inline bool static_key_slow_inc(struct static_key *key)
{
	__atomic_fetch_add(&key->enabled.counter, 1, __ATOMIC_SEQ_CST);
	return true;
}

static inline void static_key_slow_dec(struct static_key *key)
{
	__atomic_fetch_sub(&key->enabled.counter, 1, __ATOMIC_SEQ_CST);
}

#endif
