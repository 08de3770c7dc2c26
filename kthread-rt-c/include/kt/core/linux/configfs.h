/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Trees of objects that programs create. There are none. */
#ifndef KT_CORE_LINUX_CONFIGFS_H
#define KT_CORE_LINUX_CONFIGFS_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/mutex.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>

#define CONFIGFS_ITEM_NAME_LEN 20

struct config_group;
struct config_item;
struct config_item_type;
struct configfs_attribute;
struct module;

struct config_item {
	char *ci_name;
	char ci_namebuf[CONFIGFS_ITEM_NAME_LEN];
	struct list_head ci_entry;
	struct config_item *ci_parent;
	struct config_group *ci_group;
	const struct config_item_type *ci_type;
};

struct configfs_item_operations {
	void (*release)(struct config_item *item);
	int (*allow_link)(struct config_item *from, struct config_item *to);
	void (*drop_link)(struct config_item *from, struct config_item *to);
};

struct configfs_group_operations {
	struct config_item *(*make_item)(struct config_group *group, const char *name);
	struct config_group *(*make_group)(struct config_group *group, const char *name);
	void (*disconnect_notify)(struct config_group *group, struct config_item *item);
	void (*drop_item)(struct config_group *group, struct config_item *item);
};

struct config_item_type {
	struct module *ct_owner;
	struct configfs_item_operations *ct_item_ops;
	struct configfs_group_operations *ct_group_ops;
	struct configfs_attribute **ct_attrs;
};

struct config_group {
	struct config_item cg_item;
	struct list_head cg_children;
};

struct configfs_attribute {
	const char *ca_name;
	struct module *ca_owner;
	umode_t ca_mode;
	ssize_t (*show)(struct config_item *item, char *buf);
	ssize_t (*store)(struct config_item *item, const char *buf, size_t count);
};

struct configfs_subsystem {
	struct config_group su_group;
	struct mutex su_mutex;
};

#define CONFIGFS_ATTR(prefix, name) \
	static struct configfs_attribute prefix##attr_##name = { \
		.ca_name = #name, .ca_owner = THIS_MODULE, .ca_mode = 0644, .show = prefix##name##_show, .store = prefix##name##_store \
	}
#define CONFIGFS_ATTR_RO(prefix, name) \
	static struct configfs_attribute prefix##attr_##name = { \
		.ca_name = #name, .ca_owner = THIS_MODULE, .ca_mode = 0444, .show = prefix##name##_show \
	}

static inline void config_group_init(struct config_group *group)
{
	INIT_LIST_HEAD(&group->cg_children);
	INIT_LIST_HEAD(&group->cg_item.ci_entry);
}

static inline int configfs_register_subsystem(struct configfs_subsystem *subsystem)
{
	(void)subsystem;
	return -ENODEV;
}

static inline void configfs_unregister_subsystem(struct configfs_subsystem *subsystem)
{
	(void)subsystem;
}

#endif
