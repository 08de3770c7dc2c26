/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names: there is no device tree. */
#ifndef KT_CORE_LINUX_OF_H
#define KT_CORE_LINUX_OF_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/mod_devicetable.h>
#include <kt/core/linux/types.h>

struct device_node;

#define of_match_ptr(table) NULL /* CONFIG_OF is not set */
#define of_property_read_u32(node, name, value) ((void)(node), -EINVAL)
#define of_property_read_string(node, name, value) ((void)(node), -EINVAL)
#define of_find_node_by_name(from, name) ((struct device_node *)0)
#define of_node_put(node) ((void)(node))

#endif
