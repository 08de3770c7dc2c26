/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Variadic functions: they format here, and call what is written in Rust (src/abi). */
#include "format.h"

#include <limits.h>

struct task_struct;

extern void kt_print(const char *message);
extern void kthread_bind(struct task_struct *task, unsigned int cpu);
extern void kthread_set_per_cpu(struct task_struct *task, int cpu);
extern struct task_struct *kt_kthread_create(int (*threadfn)(void *data), void *data, int node, const char *name);

/* Longer messages and names are cut, as a kernel's are. */
enum { MESSAGE = 1024, NAME = 256 };

int kt_shim_vprintk(const char *format, va_list args)
{
	char message[MESSAGE];
	int length = kt_format(message, sizeof(message), format, args);

	kt_print(message);
	return length;
}

int kt_shim_printk(const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = kt_shim_vprintk(format, args);
	va_end(args);
	return length;
}

int kt_shim_vsnprintf(char *buf, size_t size, const char *format, va_list args)
{
	return kt_format(buf, size, format, args);
}

int kt_shim_snprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = kt_format(buf, size, format, args);
	va_end(args);
	return length;
}

int kt_shim_sprintf(char *buf, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = kt_format(buf, INT_MAX, format, args);
	va_end(args);
	return length;
}

struct task_struct *kt_shim_kthread_create_on_node(int (*threadfn)(void *data), void *data, int node,
						   const char *namefmt, ...)
{
	char name[NAME];
	va_list args;

	va_start(args, namefmt);
	kt_format(name, sizeof(name), namefmt, args);
	va_end(args);
	return kt_kthread_create(threadfn, data, node, name);
}

/* The name's %u is the cpu. */
struct task_struct *kt_shim_kthread_create_on_cpu(int (*threadfn)(void *data), void *data, unsigned int cpu,
						  const char *namefmt)
{
	struct task_struct *task = kt_shim_kthread_create_on_node(threadfn, data, -1, namefmt, cpu);

	if ((unsigned long)task < (unsigned long)-4095) {
		kthread_bind(task, cpu);
		kthread_set_per_cpu(task, (int)cpu);
	}
	return task;
}
