/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signals: sets of them, and what a task does with one. */
#ifndef KT_CORE_LINUX_SIGNAL_H
#define KT_CORE_LINUX_SIGNAL_H

#include <kt/core/linux/signal_types.h>
#include <kt/core/linux/types.h>

/* The first word of a set, which has all 64 signals. In a program sigset_t is the C library's, which has more behind. */
static inline unsigned long *kt_sigset_word(const void *set)
{
	return (unsigned long *)set;
}

#undef sigmask
#define sigmask(sig) (1UL << ((sig) - 1))
#define sigaddset(set, sig) ((void)(*kt_sigset_word(set) |= sigmask(sig)))
#define sigdelset(set, sig) ((void)(*kt_sigset_word(set) &= ~sigmask(sig)))
#define sigismember(set, sig) ((int)(*kt_sigset_word(set) >> ((sig) - 1) & 1))
#define sigemptyset(set) ((void)(*kt_sigset_word(set) = 0))
#define sigfillset(set) ((void)(*kt_sigset_word(set) = ~0UL))
#define sigisemptyset(set) (*kt_sigset_word(set) == 0)
#define siginitset(set, mask) ((void)(*kt_sigset_word(set) = (mask)))
#define siginitsetinv(set, mask) ((void)(*kt_sigset_word(set) = ~(unsigned long)(mask)))
#define sigaddsetmask(set, mask) ((void)(*kt_sigset_word(set) |= (mask)))
#define sigdelsetmask(set, mask) ((void)(*kt_sigset_word(set) &= ~(unsigned long)(mask)))
#define valid_signal(sig) ((unsigned long)(sig) <= _NSIG)

KT_BEGIN
int kt_sigprocmask(int how, const unsigned long *set, unsigned long *old);
KT_END

/* libc has a function of this name. */
#define sigprocmask(how, set, old) kt_sigprocmask(how, kt_sigset_word(set), kt_sigset_word(old))

#include <kt/core/linux/sched/signal.h>

/* A kthread ignores a signal, or takes it; with another handler it takes it too. */
#define kernel_sigaction(sig, action) \
	((action) == SIG_IGN ? disallow_signal(sig) : \
	 (action) == SIG_KTHREAD_KERNEL ? allow_kernel_signal(sig) : allow_signal(sig))
#define send_sig_info(sig, info, task) send_sig(sig, task, (info) == SEND_SIG_PRIV)

#endif
