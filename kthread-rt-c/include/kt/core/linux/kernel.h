/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Basic macros and functions. */
#ifndef KT_CORE_LINUX_KERNEL_H
#define KT_CORE_LINUX_KERNEL_H

#include <kt/core/linux/version.h>
#include <kt/core/asm/might_sleep.h>
#include <kt/core/linux/array_size.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/build_bug.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/container_of.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/hex.h>
#include <kt/core/linux/instruction_pointer.h>
#include <kt/core/linux/kstrtox.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/hex.h>
#include <kt/core/linux/math.h>
#include <kt/core/linux/minmax.h>
#include <kt/core/linux/printk.h>
#include <kt/core/linux/stddef.h>
#include <kt/core/linux/types.h>

#if !KT_SINCE(5, 5)
#define FIELD_SIZEOF(type, member) sizeof(((type *)0)->member)
#endif
#include <stdarg.h>

KT_BEGIN
int kt_sprintf(char *buf, const char *fmt, ...) __printf(2, 3);
int kt_snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int kt_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args);
char *kasprintf(gfp_t flags, const char *fmt, ...) __printf(2, 3);
char *kvasprintf(gfp_t flags, const char *fmt, va_list args);
int kt_sscanf(const char *text, const char *fmt, ...) __attribute__((__format__(scanf, 2, 3)));
int kt_vsscanf(const char *text, const char *fmt, va_list args);
void do_exit(long code) __asm__("kt_do_exit") __noreturn;
KT_END

/*
 * The C library has these, too, without the kernel's formats. A program that needs the C library's
 * defines KT_KEEP_LIBC_PRINTF.
 */
#if !__STDC_HOSTED__
KT_BEGIN
extern __typeof__(kt_sprintf) sprintf __asm__("kt_sprintf");
extern __typeof__(kt_snprintf) snprintf __asm__("kt_snprintf");
extern __typeof__(kt_vsnprintf) vsnprintf __asm__("kt_vsnprintf");
extern __typeof__(kt_sscanf) sscanf __asm__("kt_sscanf");
extern __typeof__(kt_vsscanf) vsscanf __asm__("kt_vsscanf");
KT_END
#elif !defined(KT_KEEP_LIBC_PRINTF)
#define sprintf kt_sprintf
#define snprintf kt_snprintf
#define vsnprintf kt_vsnprintf
#define sscanf kt_sscanf
#define vsscanf kt_vsscanf
#endif

/* The name of kthread_exit() before 5.17. */

#define might_sleep() kt_might_sleep("might_sleep")
/*
 * For a condition that may sleep between set_current_state() and schedule(): sets the state again,
 * which the sleep may have changed.
 */
#define sched_annotate_sleep() kt_sched_annotate_sleep()
#define might_sleep_if(condition) do { if (condition) might_sleep(); } while (0)

#ifndef READ
#define READ 0
#define WRITE 1
#endif

#define lower_32_bits(n) ((u32)((n) & 0xffffffff))
#define upper_32_bits(n) ((u32)(((u64)(n)) >> 32))
#define lower_16_bits(n) ((u16)((n) & 0xffff))
#define upper_16_bits(n) ((u16)((n) >> 16))
/* Repeats a byte in all bytes of a word. */
#define REPEAT_BYTE(byte) (~0UL / 0xff * (byte))

static inline void might_fault(void)
{
	kt_might_fault("might_fault");
}

/* Parts of command lines: numbers with commas and ranges, words with commas. */
KT_BEGIN
/*
 * Returns 0: no number; 1: a number at the end; 2: a number and a comma, which is skipped; 3: a
 * number and a range's hyphen.
 */
int get_option(char **text, int *number);
/*
 * Stores the count, then the numbers; without room for numbers, only the count. Returns the rest of
 * the text.
 */
char *get_options(const char *text, int room, int *numbers);
bool parse_option_str(const char *text, const char *option);
/*
 * Splits off the first word: its name, and the value after its '=' (NULL without one), without
 * quotes. Returns the next word.
 */
char *next_arg(char *text, char **name, char **value);
KT_END

#define trace_printk(fmt, ...) printk(KERN_DEBUG fmt, ##__VA_ARGS__)
#define trace_puts(text) printk(KERN_DEBUG "%s", text)

/* Only an oops of the calling task: nothing else ends. */
static inline void __printf(1, 2) __noreturn panic(const char *fmt, ...)
{
	struct va_format message;
	va_list args;

	va_start(args, fmt);
	message.fmt = fmt;
	message.va = &args;
	printk(KERN_EMERG "Kernel panic - not syncing: %pV\n", &message);
	va_end(args);
	BUG();
}

/* Functions are not traced, and there is no buffer to dump. */
enum ftrace_dump_mode { DUMP_NONE, DUMP_ALL, DUMP_ORIG };

static inline void ftrace_dump(enum ftrace_dump_mode mode)
{
	(void)mode;
}

static inline void tracing_on(void)
{
}

static inline void tracing_off(void)
{
}

static inline int tracing_is_on(void)
{
	return 0;
}

#define u64_to_user_ptr(address) ((void __user *)(uintptr_t)(u64)(address))

/* The state that modules see: running. */
enum system_states {
	SYSTEM_BOOTING,
	SYSTEM_SCHEDULING,
	SYSTEM_FREEING_INITMEM,
	SYSTEM_RUNNING,
	SYSTEM_HALT,
	SYSTEM_POWER_OFF,
	SYSTEM_RESTART,
	SYSTEM_SUSPEND,
};
static const enum system_states system_state __attribute__((unused)) = SYSTEM_RUNNING;

#endif
