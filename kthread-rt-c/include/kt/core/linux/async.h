/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Asynchronous calls, which can be waited for in order. */
#ifndef KT_CORE_LINUX_ASYNC_H
#define KT_CORE_LINUX_ASYNC_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/numa.h>
#include <kt/core/linux/types.h>

typedef u64 async_cookie_t;
typedef void (*async_func_t)(void *data, async_cookie_t cookie);

struct async_domain {
	u64 kt_id;
	bool registered;
	struct list_head pending; /* for a kernel's own async.c; the runtime has its lists elsewhere */
};

#define ASYNC_DOMAIN(name) struct async_domain name = { 0, true, LIST_HEAD_INIT(name.pending) }
#define ASYNC_DOMAIN_EXCLUSIVE(name) struct async_domain name = { 0, false, LIST_HEAD_INIT(name.pending) }

KT_BEGIN
async_cookie_t async_schedule_node(async_func_t func, void *data, int node);
async_cookie_t async_schedule_node_domain(async_func_t func, void *data, int node, struct async_domain *domain);
void async_synchronize_full(void);
void async_synchronize_full_domain(struct async_domain *domain);
void async_synchronize_cookie(async_cookie_t cookie);
void async_synchronize_cookie_domain(async_cookie_t cookie, struct async_domain *domain);
bool current_is_async(void);
KT_END

static inline async_cookie_t async_schedule(async_func_t func, void *data)
{
	return async_schedule_node(func, data, NUMA_NO_NODE);
}

static inline async_cookie_t async_schedule_domain(async_func_t func, void *data, struct async_domain *domain)
{
	return async_schedule_node_domain(func, data, NUMA_NO_NODE, domain);
}

static inline async_cookie_t async_schedule_dev(async_func_t func, struct device *dev)
{
	return async_schedule_node(func, dev, dev_to_node(dev));
}

static inline async_cookie_t async_schedule_dev_domain(async_func_t func, struct device *dev,
						       struct async_domain *domain)
{
	return async_schedule_node_domain(func, dev, dev_to_node(dev), domain);
}

static inline void async_unregister_domain(struct async_domain *domain)
{
	domain->registered = false;
}

#endif
