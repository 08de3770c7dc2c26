/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signals: their numbers, and the types around them. */
#ifndef KT_CORE_LINUX_SIGNAL_TYPES_H
#define KT_CORE_LINUX_SIGNAL_TYPES_H

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
/* The storage of a set. */
#define _NSIG_BPW BITS_PER_LONG
#define _NSIG_WORDS (_NSIG / _NSIG_BPW)

/*
 * The handlers that allow_signal() passes to kernel_sigaction(): the kthread dequeues such signals
 * itself.
 */
#define SIG_KTHREAD ((__sighandler_t)2)
#define SIG_KTHREAD_KERNEL ((__sighandler_t)3)

/* Before 4.20, the kernel and programs shared the type. A program always uses the C library's. */
#if KT_SINCE(4, 20) || __STDC_HOSTED__
#define KT_SIGINFO kernel_siginfo
#define KT_SIGINFO_T kernel_siginfo_t
#else
#define KT_SIGINFO siginfo
#define KT_SIGINFO_T siginfo_t
#endif

/* Only the signal's number is used. */
typedef struct KT_SIGINFO {
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
} KT_SIGINFO_T;

#define SEND_SIG_NOINFO ((struct KT_SIGINFO *)0)
#define SEND_SIG_PRIV ((struct KT_SIGINFO *)1)
#if !KT_SINCE(4, 20)
#define SEND_SIG_FORCED ((struct KT_SIGINFO *)2)
#endif

/* A task's signal set. In a program, sigset_t is the C library's, which is longer. */
#if __STDC_HOSTED__
typedef struct {
	unsigned long sig[1];
} kt_sigset_t;
#else
typedef sigset_t kt_sigset_t;
#endif

/* Pending signals. Only the set is used: the queue is always empty. */
struct sigpending {
	struct list_head list;
	kt_sigset_t signal;
};

/* A signal's handler. In a program, the C library has struct sigaction, with a macro sa_handler. */
#if __STDC_HOSTED__
#pragma push_macro("sa_handler")
#undef sa_handler
struct kt_sigaction {
	union {
		__sighandler_t sa_handler;
	} __sigaction_handler;
	unsigned long sa_flags;
	void (*sa_restorer)(void);
	kt_sigset_t sa_mask;
};
#pragma pop_macro("sa_handler")

struct k_sigaction {
	struct kt_sigaction sa;
};
#else
struct sigaction {
	__sighandler_t sa_handler;
	unsigned long sa_flags;
	void (*sa_restorer)(void);
	sigset_t sa_mask;
};

struct k_sigaction {
	struct sigaction sa;
};
#endif

#endif
