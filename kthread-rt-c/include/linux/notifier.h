/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Chains of functions to call. A chain's list is under one lock for all; it is called without it, so who removes an entry waits until no call can be in it. */
#ifndef KT_LINUX_NOTIFIER_H
#define KT_LINUX_NOTIFIER_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/srcu.h>
#include <linux/types.h>

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

/* The kernel's kinds differ in their locks, which are one here. */
struct raw_notifier_head {
	struct notifier_block *head;
};
#define atomic_notifier_head raw_notifier_head
#define blocking_notifier_head raw_notifier_head
#define srcu_notifier_head raw_notifier_head

#define RAW_NOTIFIER_INIT(name) { 0 }
#define ATOMIC_NOTIFIER_INIT(name) { 0 }
#define BLOCKING_NOTIFIER_INIT(name) { 0 }
#define SRCU_NOTIFIER_INIT(name, pcpu) { 0 }
#define SRCU_NOTIFIER_HEAD(name) struct raw_notifier_head name = { 0 }
#define SRCU_NOTIFIER_HEAD_STATIC(name) static struct raw_notifier_head name = { 0 }
#define ATOMIC_NOTIFIER_HEAD(name) struct raw_notifier_head name = { 0 }
#define BLOCKING_NOTIFIER_HEAD(name) struct raw_notifier_head name = { 0 }
#define RAW_NOTIFIER_HEAD(name) struct raw_notifier_head name = { 0 }
#define ATOMIC_INIT_NOTIFIER_HEAD(name) ((name)->head = 0)
#define BLOCKING_INIT_NOTIFIER_HEAD(name) ((name)->head = 0)
#define RAW_INIT_NOTIFIER_HEAD(name) ((name)->head = 0)

KT_BEGIN
/* The greatest priority is called first. -EEXIST if it is on the chain already, -ENOENT if it is not. */
int kt_notifier_register(struct raw_notifier_head *chain, struct notifier_block *nb);
int kt_notifier_unregister(struct raw_notifier_head *chain, struct notifier_block *nb);
int kt_notifier_register_unique(struct raw_notifier_head *chain, struct notifier_block *nb);
int kt_notifier_call(struct raw_notifier_head *chain, unsigned long action, void *data);
int kt_notifier_call_robust(struct raw_notifier_head *chain, unsigned long action, unsigned long undo, void *data);
KT_END

#define raw_notifier_chain_register(chain, nb) kt_notifier_register(chain, nb)
#define raw_notifier_chain_unregister(chain, nb) kt_notifier_unregister(chain, nb)
#define raw_notifier_call_chain(chain, action, data) kt_notifier_call(chain, action, data)
#define atomic_notifier_chain_register(chain, nb) kt_notifier_register(chain, nb)
#define atomic_notifier_chain_unregister(chain, nb) kt_notifier_unregister(chain, nb)
#define atomic_notifier_call_chain(chain, action, data) kt_notifier_call(chain, action, data)
#define blocking_notifier_chain_register(chain, nb) kt_notifier_register(chain, nb)
#define blocking_notifier_chain_unregister(chain, nb) kt_notifier_unregister(chain, nb)
#define blocking_notifier_call_chain(chain, action, data) kt_notifier_call(chain, action, data)

#define srcu_init_notifier_head(chain) ((void)((chain)->head = 0))
#define srcu_cleanup_notifier_head(chain) do { (void)(chain); } while (0)
#define srcu_notifier_chain_register(chain, nb) kt_notifier_register(chain, nb)
#define srcu_notifier_chain_unregister(chain, nb) kt_notifier_unregister(chain, nb)
#define srcu_notifier_call_chain(chain, action, data) kt_notifier_call(chain, action, data)
#define atomic_notifier_call_chain_is_empty(chain) (!READ_ONCE((chain)->head))

/* Those who were called before somebody stopped it are called again, with `undo`. */
#define raw_notifier_call_chain_robust(chain, action, undo, data) kt_notifier_call_robust(chain, action, undo, data)
#define blocking_notifier_call_chain_robust(chain, action, undo, data) kt_notifier_call_robust(chain, action, undo, data)
/* -EBUSY if an entry with its priority is there already. */
#define atomic_notifier_chain_register_unique_prio(chain, nb) kt_notifier_register_unique(chain, nb)
#define blocking_notifier_chain_register_unique_prio(chain, nb) kt_notifier_register_unique(chain, nb)

static inline int notifier_from_errno(int error)
{
	return error ? NOTIFY_STOP_MASK | (NOTIFY_OK - error) : NOTIFY_OK;
}

static inline int notifier_to_errno(int result)
{
	result &= ~NOTIFY_STOP_MASK;
	return result > NOTIFY_OK ? NOTIFY_OK - result : 0;
}

#endif
