/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Consoles. A module's console is not used: messages go where ukmod prints them. */
#ifndef KT_CORE_LINUX_CONSOLE_H
#define KT_CORE_LINUX_CONSOLE_H

#include <kt/core/linux/types.h>

struct console {
	char name[16];
	void (*write)(struct console *console, const char *text, unsigned int length);
	int (*setup)(struct console *console, char *options);
	short flags;
	short index;
	void *data;
	struct console *next;
};

#define CON_PRINTBUFFER 1
#define CON_ENABLED 4

static inline void register_console(struct console *console)
{
	(void)console;
}

static inline int unregister_console(struct console *console)
{
	(void)console;
	return 0;
}

static inline void console_lock(void)
{
}

static inline void console_unlock(void)
{
}

#endif
