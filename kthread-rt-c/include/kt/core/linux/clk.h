/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Clocks of devices. There are none. */
#ifndef KT_CORE_LINUX_CLK_H
#define KT_CORE_LINUX_CLK_H

#include <kt/core/linux/err.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/types.h>

struct clk;
struct device;

static inline struct clk *clk_get(struct device *dev, const char *name)
{
	(void)dev, (void)name;
	return (struct clk *)ERR_PTR(-ENOENT);
}
#define devm_clk_get clk_get

static inline struct clk *devm_clk_get_optional(struct device *dev, const char *name)
{
	(void)dev, (void)name;
	return NULL;
}

static inline void clk_put(struct clk *clk)
{
	(void)clk;
}

/* A null clock counts as on. */
static inline int clk_prepare_enable(struct clk *clk)
{
	return clk ? -ENODEV : 0;
}
#define clk_prepare clk_prepare_enable
#define clk_enable clk_prepare_enable

static inline void clk_disable_unprepare(struct clk *clk)
{
	(void)clk;
}
#define clk_disable clk_disable_unprepare
#define clk_unprepare clk_disable_unprepare

static inline unsigned long clk_get_rate(struct clk *clk)
{
	(void)clk;
	return 0;
}

static inline int clk_set_rate(struct clk *clk, unsigned long rate)
{
	(void)rate;
	return clk ? -ENODEV : 0;
}

#endif
