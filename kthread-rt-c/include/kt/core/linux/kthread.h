/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Kernel threads. */
#ifndef KT_CORE_LINUX_KTHREAD_H
#define KT_CORE_LINUX_KTHREAD_H

#include <kt/core/linux/completion.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/printk.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/sched/task.h>
#include <kt/core/linux/version.h>

#define NUMA_NO_NODE (-1)

struct mm_struct;

KT_BEGIN
struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node, const char *namefmt, ...)
	__printf(4, 5);
int kthread_stop(struct task_struct *task);
#if KT_SINCE(6, 7)
int kthread_stop_put(struct task_struct *task);
#endif
bool kthread_should_stop(void);
bool kthread_should_park(void);
#if KT_SINCE(6, 4)
bool kthread_should_stop_or_park(void);
#endif
bool kthread_freezable_should_stop(bool *was_frozen);
int kthread_park(struct task_struct *task);
void kthread_unpark(struct task_struct *task);
void kthread_parkme(void);
void kthread_bind(struct task_struct *task, unsigned int cpu);
void kthread_bind_mask(struct task_struct *task, const struct cpumask *mask);
#if KT_SINCE(5, 12)
void kthread_set_per_cpu(struct task_struct *task, int cpu);
#endif
bool kthread_is_per_cpu(struct task_struct *task);
#if KT_SINCE(5, 8)
void kthread_use_mm(struct mm_struct *mm);
void kthread_unuse_mm(struct mm_struct *mm);
#endif
void *kthread_data(struct task_struct *task);
void *kthread_probe_data(struct task_struct *task);
void get_kthread_comm(char *buf, size_t size, struct task_struct *task);
/* Set once a module is loaded or a thread was created. */
extern struct task_struct *kthreadd_task;
struct task_struct *kt_kthread_create_on_cpu_named(int (*threadfn)(void *data), void *data, unsigned int cpu,
						   const char *namefmt);
/* Modules for older kernels define functions of these names. */
#if KT_SINCE(5, 17)
void kthread_exit(long result) __noreturn;
void kthread_complete_and_exit(struct completion *comp, long code) __noreturn;
#elif KT_SINCE(5, 7)
void complete_and_exit(struct completion *comp, long code) __asm__("kthread_complete_and_exit") __noreturn;
#else
void complete_and_exit(struct completion *comp, long code) __asm__("kt_wq_complete_and_exit") __noreturn;
#endif
#if KT_SINCE(5, 7)
void *kthread_func(struct task_struct *task);
#endif
KT_END

/* Records the caller's place. */
#define kthread_stop(...) kthread_stop(__VA_OPT__(__kt_here(__VA_ARGS__)))
#if KT_SINCE(6, 7)
#define kthread_stop_put(...) kthread_stop_put(__VA_OPT__(__kt_here(__VA_ARGS__)))
#endif
#define kthread_park(...) kthread_park(__VA_OPT__(__kt_here(__VA_ARGS__)))

#define kthread_create(threadfn, data, namefmt, ...) \
	kthread_create_on_node(threadfn, data, NUMA_NO_NODE, namefmt, ##__VA_ARGS__)

/* The name's %u stands for the cpu. */
#define kthread_create_on_cpu kt_kthread_create_on_cpu_named

#define __kt_kthread_woken(created) \
	({ \
		struct task_struct *__kt_task = (created); \
		if (!IS_ERR(__kt_task)) \
			wake_up_process(__kt_task); \
		__kt_task; \
	})
#define kthread_run(threadfn, data, namefmt, ...) \
	__kt_kthread_woken(kthread_create(threadfn, data, namefmt, ##__VA_ARGS__))

#if KT_SINCE(5, 17)
static inline struct task_struct *kthread_run_on_cpu(int (*threadfn)(void *data), void *data, unsigned int cpu,
						     const char *namefmt)
{
	return __kt_kthread_woken(kthread_create_on_cpu(threadfn, data, cpu, namefmt));
}
#endif

#include <kt/core/linux/kthread_worker.h>

#endif
