// SPDX-License-Identifier: MIT OR Apache-2.0
/* Crashes in ways after which its stack does not tell how it got there. */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/string.h>

static char *how = "wild";
module_param(how, charp, 0);

/* In a thread of its own, or in init. */
static bool in_thread = true;
module_param(in_thread, bool, 0);

static noinline void call(void (*function)(void))
{
	function();
	barrier();
}

static noinline void without_a_stack(void)
{
#if defined(__x86_64__)
	asm volatile("mov $0x1000, %%rsp\n\tpush %%rax" ::: "memory");
#else
	asm volatile("mov x9, #0x1000\n\tmov sp, x9\n\tstr x9, [sp, #-16]!" ::: "x9", "memory");
#endif
}

/* Overwrites what is on the stack above it, with what is no address. */
static noinline void smash(size_t bytes)
{
	volatile char here[16];
	volatile char *p = here;
	size_t n;

	for (n = 0; n < bytes; n++)
		p[n] = 'A';
	barrier();
}

static noinline void crash(void)
{
	if (!strcmp(how, "wild"))
		call((void (*)(void))0x41414140);
	else if (!strcmp(how, "null"))
		call(NULL);
	else if (!strcmp(how, "stack"))
		without_a_stack();
	else if (!strcmp(how, "smash"))
		smash(256);
	else if (!strcmp(how, "trap"))
		__builtin_trap();
}

static int crasher(void *data)
{
	crash();
	return 0;
}

static int __init crashes_init(void)
{
	static DECLARE_COMPLETION(never);

	if (!in_thread)
		return crasher(NULL);
	if (IS_ERR(kthread_run(crasher, NULL, "crasher")))
		return -ENOMEM;
	wait_for_completion(&never);
	return 0;
}

module_init(crashes_init);
MODULE_LICENSE("Dual MIT/GPL");
