//! The Linux kernel's kthread API on real OS threads.
//!
//! ```toml
//! [dependencies]
//! kthread-rt = "0.1"
//! ```
//!
//! ```
//! use kthread_rt::prelude::*;
//!
//! fn main() -> Result<(), Errno> {
//!     let count_until_stopped = |interval_ms| {
//!         let mut count = 0;
//!         while !kthread_should_stop() {
//!             count += 1;
//!             msleep_interruptible(interval_ms);
//!         }
//!         count
//!     };
//!     let task = kthread_run!(count_until_stopped, 5, "mykthread/%d", 0)?;
//!     msleep(20);
//!     println!("it counted to {}", kthread_stop(&task));
//!     Ok(())
//! }
//! ```
//!
//! Code written against the kernel's thread API runs in an ordinary process: kthreads that kthreadd
//! creates and that sleep until their first wake-up; `kthread_stop` and `kthread_park`;
//! completions; the `set_current_state`/`schedule` sleep protocol; signals between tasks; jiffies.
//! **Where a kernel defines what a call does, the call does the same here**, down to its return
//! value. Where a process can be safer than a kernel (a second stop, a stop after the thread has
//! ended), the call is defined, documented, and never hangs.
//!
//! # Where to find what
//!
//! The modules are named after the kernel's headers. [`prelude`] exports all of their names.
//!
//! | for | see |
//! |---|---|
//! | threads: create, stop, park | [`kthread`] |
//! | sleeping until something happens | [`wait`] for a condition, [`completion`] for an event |
//! | sleeping for a time; the current task | [`delay`]; [`sched`] |
//! | running functions on other threads | [`workqueue`], [`asynchronous`]; on one: [`Worker`] |
//! | running functions at a time | [`timer`], [`hrtimer`], [`DelayedWork`] |
//! | locks that sleep | [`mutex`], [`rwsem`], [`semaphore`], [`rtmutex`], [`ww_mutex`] |
//! | locks that spin | [`spinlock`], [`rwlock`] |
//! | options, shutdown, several instances | [`Kernel::builder`], [`kernel`](mod@kernel) |
//! | finding a lost wake-up | [`mod@model`] |
//! | reports of misuse, deadlocks, hangs | [`diag`], [`KernelBuilder::debug`] |
//!
//! By header; the book's table of the kernel's calls and their counterparts here is
//! `docs/kernel-calls.md` in the repository:
//!
//! | header | module | what it has |
//! |---|---|---|
//! | `linux/kthread.h` | [`kthread`] | threads: create, run, stop, park, bind; `kthread_worker`; [`scope`](kthread::scope) |
//! | `linux/sched.h` | [`sched`] | the current task, sleeping and waking, affinity, priority, context checks |
//! | `linux/sched.h` | [`task`] | `task_struct`, references, task states |
//! | `linux/sched/signal.h`, `linux/signal.h` | [`signal`] | signals between tasks |
//! | `linux/pid.h` | [`pid`] | references to pids |
//! | `linux/wait.h`, `linux/wait_bit.h` | [`wait`] | wait queues, the `wait_event!` family, waits for bits and variables |
//! | `linux/swait.h` | [`swait`] | simple wait queues |
//! | `linux/completion.h` | [`completion`] | completions |
//! | `linux/mutex.h` | [`mutex`] | mutexes |
//! | `linux/rtmutex.h` | [`rtmutex`] | mutexes with priority inheritance |
//! | `linux/ww_mutex.h` | [`ww_mutex`] | several mutexes in any order |
//! | `linux/semaphore.h` | [`semaphore`] | counting semaphores |
//! | `linux/rwsem.h` | [`rwsem`] | sleeping reader-writer locks |
//! | `linux/percpu-rwsem.h` | [`percpu_rwsem`] | rwsems that are cheap for readers |
//! | `linux/spinlock.h` | [`spinlock`] | spinlocks |
//! | `linux/rwlock.h` | [`rwlock`] | reader-writer spinlocks |
//! | `linux/rcupdate.h`, `linux/srcu.h` | [`rcu`] | readers without locks, `synchronize_rcu` |
//! | `linux/rcupdate.h` | [`call_rcu`](mod@call_rcu) | callbacks after a grace period |
//! | `linux/srcu.h` | [`call_srcu`](mod@call_srcu) | callbacks after a grace period of a domain |
//! | `linux/workqueue.h` | [`workqueue`] | work items, delayed work items, workqueues |
//! | `linux/interrupt.h` | [`tasklet`] | tasklets |
//! | `linux/irq_work.h` | [`irq_work`] | irq_works |
//! | `linux/async.h` | [`asynchronous`] | `async_schedule` |
//! | `linux/timer.h` | [`timer`] | timers, in jiffies |
//! | `linux/hrtimer.h` | [`hrtimer`] | timers, in nanoseconds |
//! | `linux/jiffies.h` | [`clock`] | jiffies and their conversions |
//! | `linux/ktime.h` | [`ktime`] | times in nanoseconds |
//! | `linux/delay.h` | [`delay`] | `msleep`, `udelay` and their like |
//! | `linux/freezer.h` | [`freezer`] | freezing tasks |
//! | `linux/cpumask.h` | [`cpumask`] | sets of cpus |
//! | `linux/smpboot.h`, `linux/cpu.h` | [`smpboot`] | per-cpu threads, cpu hotplug |
//! | `linux/umh.h` | [`umh`] | usermode helpers |
//! | `linux/sysctl.h` | [`sysctl`] | named values |
//! | `linux/printk.h` | [`printk`] | `pr_info!` and its like |
//! | `linux/errno.h` | [`errno`] | error numbers |
//! | none | [`kernel`](mod@kernel) | the [`Kernel`]: boot, options, shutdown, listings |
//! | none | [`diag`] | warnings: reports of misuse |
//! | none | [`faults`] | faults on demand |
//! | none | [`trace`] | events |
//! | none | [`model`](mod@model) | your own code under a model checker |
//! | none | [`prelude`] | all names |
//!
//! # Two APIs
//!
//! Free functions and macros have the kernel's names and argument order; the methods of [`Task`],
//! [`Completion`] and [`Kernel`] are the same calls for new Rust code. Where C code has plain
//! memory and a function pointer, Rust code has a type that owns a closure: [`Timer`], [`Work`],
//! [`DelayedWork`]. Locks may have their data inside: [`KMutex`], [`RwSemaphore`], [`RtMutex`],
//! [`SpinLock`]. A return type of `ERR_PTR(-E…)` becomes `Result<_, Errno>`; an `int` of 0 or
//! −errno becomes `Result<(), Errno>`; the `int` of a thread function becomes an `i32`.
//!
//! # Context
//!
//! Any thread of the process may make any call. A thread that the runtime did not create gets a
//! task with its first call ([`current`]). The documentation of a call says whether it may sleep; a
//! call that may sleep warns inside a [`preempt_disable`] section.
//!
//! # What is different from a kernel
//!
//! * Preemption, interrupts and address spaces belong to the process. [`preempt_disable`] does not
//!   disable preemption: it only makes sleeping an error that is warned about.
//! * A panic in a thread function is an oops: the task ends, `kthread_stop` returns −EFAULT, all
//!   other tasks go on.
//! * A second `kthread_stop` returns the same result. `kthread_park` returns ENOSYS if the thread
//!   exits instead of parking.
//! * A jiffy is 4 ms. As in a kernel, a timeout of *n* jiffies ends at the tick after the *n*th:
//!   `msleep(1)` takes 8 to 12 ms, or 4 to 8 ms with [`KernelBuilder::exact_timeouts`].
//! * A forked child of a process that uses the runtime can't use the runtime; it must exec first.

// For builds without cargo: with it, build.rs says so first, and alone.
#[cfg(not(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
compile_error!(
    "kthread-rt needs Linux with glibc on x86-64 or aarch64 (target x86_64-unknown-linux-gnu or aarch64-unknown-linux-gnu)"
);

#[cfg(panic = "abort")]
compile_error!(
    "kthread-rt needs panic = \"unwind\": kthread_exit() unwinds its thread, and a panic in a thread function is an oops of one \
     task"
);

extern crate self as kthread_rt;

pub mod asynchronous;
pub mod call_rcu;
pub mod call_srcu;
pub mod clock;
pub mod completion;
pub mod cpumask;
#[doc(hidden)]
pub mod debug_objects;
mod declared;
pub mod delay;
pub mod diag;
pub mod errno;
mod expiry;
pub mod faults;
pub mod freezer;
mod guard;
pub mod hrtimer;
mod hung_task;
pub mod irq_work;
mod jiffies_arg;
pub mod kernel;
pub mod kthread;
pub mod ktime;
mod lock_queue;
mod lockdep;
pub mod model;
pub mod mutex;
mod owner_word;
pub mod percpu_rwsem;
pub mod pid;
pub mod prelude;
pub mod printk;
mod ps;
pub mod rcu;
pub mod rtmutex;
pub mod rwlock;
pub mod rwsem;
pub mod sched;
pub mod semaphore;
pub mod signal;
pub mod smpboot;
pub mod spinlock;
pub mod swait;
mod sync;
pub mod sysctl;
mod table;
pub mod task;
pub mod tasklet;
pub mod timer;
pub mod trace;
pub mod umh;
pub mod wait;
mod wait_graph;
pub mod workqueue;
pub mod ww_mutex;

pub use errno::Errno;
pub use kernel::{BootError, Kernel, KernelBuilder};
pub use model::model;
// The documentation lists these names in their modules. The root has them for macros, and for code
// that writes `kthread_rt::name`.
#[doc(hidden)]
pub use prelude::*;
pub use task::{Task, TaskStruct};

/// For the C side (kthread-rt-c). Not for use by hand.
#[doc(hidden)]
pub mod __for_c {
    pub use crate::lockdep::{
        Balance, debugs, irqs_off, lock_class, lock_memory_gone, lock_next, lock_next_non_owner,
        lock_not_checked, lock_subclass, set_irqs_off,
    };
    pub use crate::pid::{idle_task, task_after};
    pub use crate::sched::{ToldCall, might_sleep_at, might_sleep_in_all_at, on_leave, on_resume};
    pub use crate::signal::take_shown_blocked;
    pub use crate::task::{Counted, note_pid_namespace};
    pub use crate::wait::name_wake_functions;
    pub use crate::wait_graph::is_not_due;
}

/// What the macros' expansions call. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::kthread::format;
    pub use crate::kthread::named::{
        kthread_create, kthread_create_on_cpu, kthread_create_on_node, kthread_run, kthread_run_on_cpu,
    };
    pub use crate::kthread::shared::{Shared, SharedProbe, SharedViaArc, SharedViaNone, threadfn_and_data};
    pub use crate::kthread::started::kthread_run_started;
    pub use crate::sync::model;
    pub use crate::wait::__macros as wait;
    pub use crate::wait::wait_var;
}
