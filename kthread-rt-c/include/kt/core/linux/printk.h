/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Messages. They have the kernel's formats, and go to the console: see kt_set_console(). */
#ifndef KT_CORE_LINUX_PRINTK_H
#define KT_CORE_LINUX_PRINTK_H

#include <kt/core/linux/kern_levels.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>
#include <stdarg.h>

KT_BEGIN
int _printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, va_list args) __asm__("kt_vprintk");
void dump_stack(void) __asm__("kt_dump_stack");
int *kt_console_loglevel(void);
int hex_dump_to_buffer(const void *from, size_t length, int rowsize, int group, char *to, size_t size, bool ascii);
void print_hex_dump(const char *level, const char *prefix, int kind, int rowsize, int group, const void *from,
		    size_t length, bool ascii);
KT_END

#if !KT_SINCE(5, 15)
KT_BEGIN
/* A function, so its address may be taken. Calls use the macro below. */
int printk(const char *fmt, ...) __asm__("_printk") __printf(1, 2);
KT_END
#endif

/* The argument of %pV. */
struct va_format {
	const char *fmt;
	va_list *va;
};

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

/* A function before 5.15. */
#if KT_SINCE(5, 15)
#define printk(fmt, ...) _printk(fmt, ##__VA_ARGS__)
#else
#define printk _printk
#endif
#define printk_deferred printk
#define no_printk(fmt, ...) ({ if (0) _printk(fmt, ##__VA_ARGS__); 0; })

/* The level's character at the text's begin, or 0; and the text after the level. */
static inline char printk_get_level(const char *text)
{
	return text[0] == KERN_SOH_ASCII && ((text[1] >= '0' && text[1] <= '7') || text[1] == 'c') ? text[1] : 0;
}

static inline const char *printk_skip_level(const char *text)
{
	return printk_get_level(text) ? text + 2 : text;
}

/* The console only shows messages with a level below this; the log keeps all. */
#define CONSOLE_LOGLEVEL_DEFAULT 7
#define console_loglevel (*kt_console_loglevel())

enum { DUMP_PREFIX_NONE, DUMP_PREFIX_ADDRESS, DUMP_PREFIX_OFFSET };
#define print_hex_dump_bytes(prefix, kind, from, length) \
	print_hex_dump(KERN_DEBUG, prefix, kind, 16, 1, from, length, true)
#ifdef DEBUG
#define print_hex_dump_debug(prefix, kind, rowsize, group, from, length, ascii) \
	print_hex_dump(KERN_DEBUG, prefix, kind, rowsize, group, from, length, ascii)
#else
#define print_hex_dump_debug(prefix, kind, rowsize, group, from, length, ascii) ((void)(from))
#endif

#define pr_emerg(fmt, ...) printk(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert(fmt, ...) printk(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit(fmt, ...) printk(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...) printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...) printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#if !KT_SINCE(5, 6)
#define pr_warning pr_warn
#endif
#define pr_notice(fmt, ...) printk(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...) printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...) printk(KERN_CONT fmt, ##__VA_ARGS__)
#ifdef DEBUG
#define pr_debug(fmt, ...) printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#else
#define pr_debug(fmt, ...) no_printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#endif
#define pr_devel pr_debug

#define __kt_once(what) \
	({ \
		static bool __kt_done; \
		bool __kt_first = !__atomic_exchange_n(&__kt_done, true, __ATOMIC_RELAXED); \
		if (__kt_first) \
			what; \
		__kt_first; \
	})
/* The result of the _once macros: true since 5.15; before, whether the message was printed. */
#if KT_SINCE(5, 15)
#define __kt_print_once(what) ({ (void)__kt_once(what); true; })
#else
#define __kt_print_once(what) __kt_once(what)
#endif
#define printk_once(fmt, ...) __kt_print_once(printk(fmt, ##__VA_ARGS__))
#define printk_deferred_once printk_once
#define pr_emerg_once(fmt, ...) __kt_print_once(pr_emerg(fmt, ##__VA_ARGS__))
#define pr_alert_once(fmt, ...) __kt_print_once(pr_alert(fmt, ##__VA_ARGS__))
#define pr_crit_once(fmt, ...) __kt_print_once(pr_crit(fmt, ##__VA_ARGS__))
#define pr_err_once(fmt, ...) __kt_print_once(pr_err(fmt, ##__VA_ARGS__))
#define pr_warn_once(fmt, ...) __kt_print_once(pr_warn(fmt, ##__VA_ARGS__))
#define pr_notice_once(fmt, ...) __kt_print_once(pr_notice(fmt, ##__VA_ARGS__))
#define pr_info_once(fmt, ...) __kt_print_once(pr_info(fmt, ##__VA_ARGS__))
#define pr_debug_once(fmt, ...) __kt_print_once(pr_debug(fmt, ##__VA_ARGS__))
#define pr_devel_once(fmt, ...) __kt_print_once(pr_devel(fmt, ##__VA_ARGS__))

#endif
