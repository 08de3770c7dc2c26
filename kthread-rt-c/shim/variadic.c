/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Variadic functions: they format here and call the Rust function (src/abi). */
#include "format.h"

#include <limits.h>

struct kthread_worker;
struct task_struct;
struct workqueue_struct;

extern struct workqueue_struct *kt_alloc_workqueue(const char *name, unsigned int flags, int max_active);
extern void kt_print(const char *message);
extern int kt_kthread_check_cpu(unsigned int cpu);
extern void kthread_bind(struct task_struct *task, unsigned int cpu);
extern void kthread_set_per_cpu(struct task_struct *task, int cpu);
extern struct task_struct *kt_kthread_create(int (*threadfn)(void *data), void *data, int node, const char *name);
extern struct kthread_worker *kt_kthread_create_worker(int cpu, unsigned int flags, const char *name);

/* As in a kernel, longer messages and names are truncated. */
enum { MESSAGE = 1024, NAME = 256 };

int kt_shim_vprintk(const char *format, va_list args)
{
	char message[MESSAGE];
	int length = kt_format(message, sizeof(message), format, args);
	int level = message[0] == '\001' && message[1] ? 2 : 0;

	kt_print(message);
	if (length >= MESSAGE)
		length = MESSAGE - 1;
	/* The length in the log: without the level and the final newline. */
	return length - level - (length > level && message[length - 1] == '\n');
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

/* The name's %u stands for the cpu. */
struct task_struct *kt_shim_kthread_create_on_cpu(int (*threadfn)(void *data), void *data, unsigned int cpu,
						  const char *namefmt)
{
	long error = kt_kthread_check_cpu(cpu);
	struct task_struct *task;

	if (error)
		return (struct task_struct *)error;
	task = kt_shim_kthread_create_on_node(threadfn, data, -1, namefmt, cpu);
	if ((unsigned long)task < (unsigned long)-4095) {
		kthread_bind(task, cpu);
		kthread_set_per_cpu(task, (int)cpu);
	}
	return task;
}

struct workqueue_struct *kt_shim_alloc_workqueue(const char *format, unsigned int flags, int max_active, ...)
{
	char name[NAME];
	va_list args;

	va_start(args, max_active);
	kt_format(name, sizeof(name), format, args);
	va_end(args);
	return kt_alloc_workqueue(name, flags, max_active);
}

static struct kthread_worker *create_worker(int cpu, unsigned int flags, const char *format, va_list args)
{
	char name[NAME];

	kt_format(name, sizeof(name), format, args);
	return kt_kthread_create_worker(cpu, flags, name);
}

struct kthread_worker *kt_shim_kthread_create_worker(unsigned int flags, const char *format, ...)
{
	struct kthread_worker *worker;
	va_list args;

	va_start(args, format);
	worker = create_worker(-1, flags, format, args);
	va_end(args);
	return worker;
}

struct kthread_worker *kt_shim_kthread_create_worker_on_cpu(int cpu, unsigned int flags, const char *format, ...)
{
	struct kthread_worker *worker;
	va_list args;

	va_start(args, format);
	worker = create_worker(cpu, flags, format, args);
	va_end(args);
	return worker;
}

/* The node is ignored. */
struct kthread_worker *kt_shim_kthread_create_worker_on_node(unsigned int flags, int node, const char *format, ...)
{
	struct kthread_worker *worker;
	va_list args;

	(void)node;
	va_start(args, format);
	worker = create_worker(-1, flags, format, args);
	va_end(args);
	return worker;
}
