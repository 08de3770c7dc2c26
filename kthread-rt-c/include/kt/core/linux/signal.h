/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signal sets and handlers. */
#ifndef KT_CORE_LINUX_SIGNAL_H
#define KT_CORE_LINUX_SIGNAL_H

#include <kt/core/linux/signal_types.h>
#include <kt/core/linux/types.h>

static inline void clear_siginfo(KT_SIGINFO_T *info)
{
	__builtin_memset(info, 0, sizeof(*info));
}

/*
 * The first word of a set, which has all 64 signals. In a program, sigset_t is the C library's,
 * which is longer.
 */
static inline unsigned long *kt_sigset_word(const void *set)
{
	return (unsigned long *)set;
}

struct task_struct;

KT_BEGIN
void allow_signal(int sig);
void allow_kernel_signal(int sig);
void disallow_signal(int sig);
void kt_default_signal(int sig);
KT_END

#undef sigmask
#define sigmask(sig) (1UL << ((sig) - 1))

/* The C library has functions of these names, with other results. */
#if __STDC_HOSTED__
#define sigaddset kt_sigaddset
#define sigdelset kt_sigdelset
#define sigismember kt_sigismember
#define sigemptyset kt_sigemptyset
#define sigfillset kt_sigfillset
#define sigisemptyset kt_sigisemptyset
#define sigprocmask kt_sigprocmask_of
#endif

static inline void sigaddset(sigset_t *set, int sig)
{
	*kt_sigset_word(set) |= sigmask(sig);
}

static inline void sigdelset(sigset_t *set, int sig)
{
	*kt_sigset_word(set) &= ~sigmask(sig);
}

static inline int sigismember(sigset_t *set, int sig)
{
	return (int)(*kt_sigset_word(set) >> (sig - 1) & 1);
}

static inline void sigemptyset(sigset_t *set)
{
	*kt_sigset_word(set) = 0;
}

static inline void sigfillset(sigset_t *set)
{
	*kt_sigset_word(set) = ~0UL;
}

static inline int sigisemptyset(sigset_t *set)
{
	return *kt_sigset_word(set) == 0;
}

static inline void siginitset(sigset_t *set, unsigned long mask)
{
	*kt_sigset_word(set) = mask;
}

static inline void siginitsetinv(sigset_t *set, unsigned long mask)
{
	*kt_sigset_word(set) = ~(unsigned long)(mask);
}

static inline void sigaddsetmask(sigset_t *set, unsigned long mask)
{
	*kt_sigset_word(set) |= mask;
}

static inline void sigdelsetmask(sigset_t *set, unsigned long mask)
{
	*kt_sigset_word(set) &= ~(unsigned long)(mask);
}

static inline void sigorsets(sigset_t *into, const sigset_t *a, const sigset_t *b)
{
	*kt_sigset_word(into) = *kt_sigset_word(a) | *kt_sigset_word(b);
}

static inline void sigandsets(sigset_t *into, const sigset_t *a, const sigset_t *b)
{
	*kt_sigset_word(into) = *kt_sigset_word(a) & *kt_sigset_word(b);
}

static inline void sigandnsets(sigset_t *into, const sigset_t *a, const sigset_t *b)
{
	*kt_sigset_word(into) = *kt_sigset_word(a) & ~*kt_sigset_word(b);
}

static inline void signotset(sigset_t *set)
{
	*kt_sigset_word(set) = ~*kt_sigset_word(set);
}

static inline int sigequalsets(const sigset_t *a, const sigset_t *b)
{
	return *kt_sigset_word(a) == *kt_sigset_word(b);
}

static inline int valid_signal(unsigned long sig)
{
	return (unsigned long)(sig) <= _NSIG;
}

KT_BEGIN
int kt_sigprocmask(int how, const unsigned long *set, unsigned long *old);
KT_END

static inline int sigprocmask(int how, sigset_t *set, sigset_t *old)
{
	return kt_sigprocmask(how, kt_sigset_word(set), kt_sigset_word(old));
}

#include <kt/core/linux/sched/signal.h>

/* A kthread ignores a signal or receives it; any other handler also means that it receives it. */
static inline void kernel_sigaction(int sig, __sighandler_t action)
{
	if (action == SIG_IGN)
		disallow_signal(sig);
	else if (action == SIG_KTHREAD_KERNEL)
		allow_kernel_signal(sig);
	else if (action == SIG_DFL)
		kt_default_signal(sig);
	else
		allow_signal(sig);
}

#endif
