/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Character devices. */
#ifndef KT_CORE_LINUX_CDEV_H
#define KT_CORE_LINUX_CDEV_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/fs.h>
#include <kt/core/linux/kdev_t.h>
#include <kt/core/linux/kobject.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/types.h>

struct cdev {
	struct kobject kobj;
	struct module *owner;
	const struct file_operations *ops;
	struct list_head list;
	__KT_DEV(dev);
	unsigned int count;
};

KT_BEGIN
void cdev_init(struct cdev *cdev, const struct file_operations *fops);
struct cdev *cdev_alloc(void);
int cdev_add(struct cdev *cdev, dev_t dev, unsigned int count);
void cdev_del(struct cdev *cdev);
void cdev_put(struct cdev *cdev);
void cdev_set_parent(struct cdev *cdev, struct kobject *kobj);
int cdev_device_add(struct cdev *cdev, struct device *dev);
void cdev_device_del(struct cdev *cdev, struct device *dev);
KT_END

#endif
