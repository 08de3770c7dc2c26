/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Terminals. No task has one. */
#ifndef KT_CORE_LINUX_TTY_H
#define KT_CORE_LINUX_TTY_H

#include <kt/core/linux/kdev_t.h>
#include <kt/core/linux/tty_driver.h>
#include <kt/core/linux/types.h>

struct tty_struct {
	struct device *dev;
	struct tty_driver *driver;
	const struct tty_operations *ops;
	int index;
	char name[64];
	unsigned long flags;
	int count;
	void *disc_data;
	void *driver_data;
};

static inline struct tty_struct *get_current_tty(void)
{
	return NULL;
}

static inline void tty_kref_put(struct tty_struct *tty)
{
	(void)tty;
}

static inline const char *tty_name(const struct tty_struct *tty)
{
	return tty ? tty->name : "NULL tty";
}

/* 0 for none. */
static inline dev_t tty_devnum(struct tty_struct *tty)
{
	return tty ? MKDEV(tty->driver->major, tty->driver->minor_start) + tty->index : 0;
}

#endif
