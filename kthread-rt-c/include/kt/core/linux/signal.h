/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signals: their numbers, and sets of them. */
#ifndef KT_CORE_LINUX_SIGNAL_H
#define KT_CORE_LINUX_SIGNAL_H

#include <kt/core/asm/siginfo.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>
#if __STDC_HOSTED__
#include <signal.h>
#endif

#ifndef SIGKILL
#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO 29
#define SIGPOLL SIGIO
#define SIGPWR 30
#define SIGSYS 31
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2
#define SIGRTMIN 32
#define SIGRTMAX 64

typedef void (*__sighandler_t)(int sig);
#define SIG_DFL ((__sighandler_t)0)
#define SIG_IGN ((__sighandler_t)1)
#define SIG_ERR ((__sighandler_t)-1)

typedef struct {
	unsigned long sig[1];
} sigset_t;
#endif
#ifndef _NSIG
#define _NSIG 64
#endif

/* What kernel_sigaction() gets of allow_signal(): a kthread takes such a signal itself. */
#define SIG_KTHREAD ((__sighandler_t)2)
#define SIG_KTHREAD_KERNEL ((__sighandler_t)3)

#define SEND_SIG_NOINFO ((struct kernel_siginfo *)0)
#define SEND_SIG_PRIV ((struct kernel_siginfo *)1)

/* What is told with a signal. Only the signal itself is taken of it. */
typedef struct kernel_siginfo {
	int si_signo;
	int si_errno;
	int si_code;
#if !__STDC_HOSTED__
	pid_t si_pid;
	uid_t si_uid;
	int si_status;
	union {
		int si_int;
		void *si_ptr;
		sigval_t si_value;
	};
	void *si_addr;
	long si_band;
	int si_fd;
#elif !defined(si_int)
	int si_int;
#endif
} kernel_siginfo_t;

#if !__STDC_HOSTED__ && !KT_SINCE(4, 20)
#define siginfo kernel_siginfo
typedef struct kernel_siginfo siginfo_t;
#endif

static inline void clear_siginfo(kernel_siginfo_t *info)
{
	kernel_siginfo_t empty = { 0 };

	*info = empty;
}

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
