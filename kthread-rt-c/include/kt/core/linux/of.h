/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names only: there is no device tree. */
#ifndef KT_CORE_LINUX_OF_H
#define KT_CORE_LINUX_OF_H

#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/mod_devicetable.h>
#include <kt/core/linux/types.h>

struct device_node;

#define of_match_ptr(table) NULL /* CONFIG_OF is not set */

static inline int of_property_read_u32(const struct device_node *node, const char *name, u32 *value)
{
	(void)value, (void)name, (void)node;
	return -EINVAL;
}

static inline int of_property_read_string(const struct device_node *node, const char *name, const char **value)
{
	(void)value, (void)name, (void)node;
	return -EINVAL;
}

static inline struct device_node *of_find_node_by_name(struct device_node *from, const char *name)
{
	(void)name, (void)from;
	return (struct device_node *)0;
}

static inline void of_node_put(struct device_node *node)
{
	(void)node;
}

DEFINE_FREE(device_node, struct device_node *, if (_T) of_node_put(_T))

#endif
