/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Drivers of terminals. None can be allocated, so none is called. */
#ifndef KT_CORE_LINUX_TTY_DRIVER_H
#define KT_CORE_LINUX_TTY_DRIVER_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define TTY_DRIVER_RESET_TERMIOS 0x0002
#define TTY_DRIVER_REAL_RAW 0x0004
#define TTY_DRIVER_DYNAMIC_DEV 0x0008
#define TTY_DRIVER_TYPE_CONSOLE 0x0002
#define TTY_DRIVER_TYPE_SERIAL 0x0003
#define SERIAL_TYPE_NORMAL 1

struct device;
struct file;
struct ktermios;
struct module;
struct tty_driver;
struct tty_struct;

struct tty_operations {
	struct tty_struct *(*lookup)(struct tty_driver *driver, struct file *file, int index);
	int (*install)(struct tty_driver *driver, struct tty_struct *tty);
	void (*remove)(struct tty_driver *driver, struct tty_struct *tty);
	int (*open)(struct tty_struct *tty, struct file *file);
	void (*close)(struct tty_struct *tty, struct file *file);
	void (*shutdown)(struct tty_struct *tty);
	void (*cleanup)(struct tty_struct *tty);
#if KT_SINCE(6, 6)
	ssize_t (*write)(struct tty_struct *tty, const u8 *from, size_t count);
	int (*put_char)(struct tty_struct *tty, u8 byte);
#else
	int (*write)(struct tty_struct *tty, const unsigned char *from, int count);
	int (*put_char)(struct tty_struct *tty, unsigned char byte);
#endif
	void (*flush_chars)(struct tty_struct *tty);
#if KT_SINCE(5, 14)
	unsigned int (*write_room)(struct tty_struct *tty);
	unsigned int (*chars_in_buffer)(struct tty_struct *tty);
#else
	int (*write_room)(struct tty_struct *tty);
	int (*chars_in_buffer)(struct tty_struct *tty);
#endif
	int (*ioctl)(struct tty_struct *tty, unsigned int command, unsigned long argument);
#if KT_SINCE(6, 1)
	void (*set_termios)(struct tty_struct *tty, const struct ktermios *old);
#else
	void (*set_termios)(struct tty_struct *tty, struct ktermios *old);
#endif
	void (*throttle)(struct tty_struct *tty);
	void (*unthrottle)(struct tty_struct *tty);
	void (*stop)(struct tty_struct *tty);
	void (*start)(struct tty_struct *tty);
	void (*hangup)(struct tty_struct *tty);
	void (*flush_buffer)(struct tty_struct *tty);
	int (*tiocmget)(struct tty_struct *tty);
	int (*tiocmset)(struct tty_struct *tty, unsigned int set, unsigned int clear);
};

struct tty_driver {
	struct module *owner;
	const char *driver_name;
	const char *name;
	int major;
	int minor_start;
	unsigned int num;
	short type;
	short subtype;
	unsigned long flags;
	void *driver_state;
	const struct tty_operations *ops;
};

static inline struct tty_driver *tty_alloc_driver(unsigned int lines, unsigned long flags)
{
	(void)lines, (void)flags;
	return (struct tty_driver *)ERR_PTR(-ENODEV);
}

static inline int tty_register_driver(struct tty_driver *driver)
{
	(void)driver;
	return -ENODEV;
}

static inline void tty_unregister_driver(struct tty_driver *driver)
{
	(void)driver;
}
#if !KT_SINCE(5, 15)
static inline struct tty_driver *alloc_tty_driver(unsigned int lines)
{
	(void)lines;
	return NULL;
}

static inline void put_tty_driver(struct tty_driver *driver)
{
	(void)driver;
}
#endif

static inline void tty_set_operations(struct tty_driver *driver, const struct tty_operations *ops)
{
	driver->ops = ops;
}

#endif
