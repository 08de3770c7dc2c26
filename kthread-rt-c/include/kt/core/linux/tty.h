/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Terminals, of which no task has one. */
#ifndef KT_CORE_LINUX_TTY_H
#define KT_CORE_LINUX_TTY_H

#include <kt/core/linux/fs.h>
#include <kt/core/linux/types.h>

struct tty_struct;

struct tty_operations {
	int (*write)(struct tty_struct *tty, const unsigned char *buf, int count);
};

struct tty_driver {
	const struct tty_operations *ops;
};

struct tty_struct {
	struct tty_driver *driver;
	const struct tty_operations *ops;
	int index;
	char name[64];
};

static inline struct tty_struct *get_current_tty(void)
{
	return 0;
}

static inline void tty_kref_put(struct tty_struct *tty)
{
	(void)tty;
}

static inline const char *tty_name(const struct tty_struct *tty)
{
	return tty ? tty->name : "NULL tty";
}

#endif
