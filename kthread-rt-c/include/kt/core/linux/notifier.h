/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Chains of callbacks. After a removal from a raw chain, the caller has to wait until no call uses
 * the entry; other chains' removals wait themselves.
 */
#ifndef KT_CORE_LINUX_NOTIFIER_H
#define KT_CORE_LINUX_NOTIFIER_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/mutex.h>
#include <kt/core/linux/rwsem.h>
#include <kt/core/linux/srcu.h>
#include <kt/core/linux/types.h>

#define NOTIFY_DONE 0x0000
#define NOTIFY_OK 0x0001
#define NOTIFY_STOP_MASK 0x8000
#define NOTIFY_BAD (NOTIFY_STOP_MASK | 0x0002)
#define NOTIFY_STOP (NOTIFY_OK | NOTIFY_STOP_MASK)

struct notifier_block;
typedef int (*notifier_fn_t)(struct notifier_block *nb, unsigned long action, void *data);

struct notifier_block {
	notifier_fn_t notifier_call;
	struct notifier_block *next;
	int priority;
};

struct raw_notifier_head {
	struct notifier_block *head;
};

/* May be called from atomic context. */
#define atomic_notifier_head raw_notifier_head

struct blocking_notifier_head {
	struct rw_semaphore rwsem;
	struct notifier_block *head;
};

struct srcu_notifier_head {
	struct notifier_block *head;
	struct srcu_struct srcu;
};

#define RAW_NOTIFIER_INIT(name) { 0 }
#define ATOMIC_NOTIFIER_INIT(name) { 0 }
#define BLOCKING_NOTIFIER_INIT(name) { __RWSEM_INITIALIZER((name).rwsem), 0 }
#define SRCU_NOTIFIER_INIT(name, pcpu) { 0, __KT_SRCU_INIT }
#define RAW_NOTIFIER_HEAD(name) struct raw_notifier_head name = RAW_NOTIFIER_INIT(name)
#define ATOMIC_NOTIFIER_HEAD(name) struct atomic_notifier_head name = ATOMIC_NOTIFIER_INIT(name)
#define BLOCKING_NOTIFIER_HEAD(name) struct blocking_notifier_head name = BLOCKING_NOTIFIER_INIT(name)
#define SRCU_NOTIFIER_HEAD(name) struct srcu_notifier_head name = SRCU_NOTIFIER_INIT(name, 0)
#define SRCU_NOTIFIER_HEAD_STATIC(name) static SRCU_NOTIFIER_HEAD(name)
#define RAW_INIT_NOTIFIER_HEAD(name) ((name)->head = 0)
#define ATOMIC_INIT_NOTIFIER_HEAD(name) ((name)->head = 0)
#define BLOCKING_INIT_NOTIFIER_HEAD(name) do { init_rwsem(&(name)->rwsem); (name)->head = 0; } while (0)

KT_BEGIN
/*
 * The highest priority is called first. -EEXIST: already on the chain; -ENOENT: not on the chain.
 */
int kt_notifier_register(struct raw_notifier_head *chain, struct notifier_block *nb);
int kt_notifier_unregister(struct raw_notifier_head *chain, struct notifier_block *nb);
/* -EBUSY if the chain has an entry of this priority. */
int kt_notifier_register_unique(struct raw_notifier_head *chain, struct notifier_block *nb);
int kt_notifier_call(struct raw_notifier_head *chain, unsigned long action, void *data);
/* If an entry stops the chain, calls the entries before it again, with `undo`. */
int kt_notifier_call_robust(struct raw_notifier_head *chain, unsigned long action, unsigned long undo, void *data);

/* Calls and changes may sleep, and exclude each other. An entry can't remove itself. */
int blocking_notifier_chain_register(struct blocking_notifier_head *chain, struct notifier_block *nb);
int blocking_notifier_chain_register_unique_prio(struct blocking_notifier_head *chain, struct notifier_block *nb);
int blocking_notifier_chain_unregister(struct blocking_notifier_head *chain, struct notifier_block *nb);
int blocking_notifier_call_chain(struct blocking_notifier_head *chain, unsigned long action, void *data);
int blocking_notifier_call_chain_robust(struct blocking_notifier_head *chain, unsigned long action, unsigned long undo,
					void *data);

int srcu_notifier_chain_register(struct srcu_notifier_head *chain, struct notifier_block *nb);
/* Sleeps until no call runs. */
int srcu_notifier_chain_unregister(struct srcu_notifier_head *chain, struct notifier_block *nb);
int srcu_notifier_call_chain(struct srcu_notifier_head *chain, unsigned long action, void *data);

/* Sleeps until no call runs. */
int atomic_notifier_chain_unregister(struct atomic_notifier_head *chain, struct notifier_block *nb);
int atomic_notifier_call_chain(struct atomic_notifier_head *chain, unsigned long action, void *data);
KT_END

#define raw_notifier_chain_register kt_notifier_register
#define raw_notifier_chain_unregister kt_notifier_unregister
#define raw_notifier_call_chain kt_notifier_call
#define raw_notifier_call_chain_robust kt_notifier_call_robust
#define atomic_notifier_chain_register kt_notifier_register
#define atomic_notifier_chain_register_unique_prio kt_notifier_register_unique

static inline bool atomic_notifier_call_chain_is_empty(struct atomic_notifier_head *chain)
{
	return !READ_ONCE(chain->head);
}

static inline void srcu_init_notifier_head(struct srcu_notifier_head *chain)
{
	chain->head = 0;
	init_srcu_struct(&chain->srcu);
}

#define srcu_cleanup_notifier_head(chain) cleanup_srcu_struct(&(chain)->srcu)

static inline int notifier_from_errno(int error)
{
	return error ? NOTIFY_STOP_MASK | (NOTIFY_OK - error) : NOTIFY_OK;
}

static inline int notifier_to_errno(int result)
{
	result &= ~NOTIFY_STOP_MASK;
	return result > NOTIFY_OK ? NOTIFY_OK - result : 0;
}

/* Events of keys: see keyboard.h. */
#define KBD_KEYCODE 0x0001
#define KBD_UNBOUND_KEYCODE 0x0002
#define KBD_UNICODE 0x0003
#define KBD_KEYSYM 0x0004
#define KBD_POST_KEYSYM 0x0005

#endif
