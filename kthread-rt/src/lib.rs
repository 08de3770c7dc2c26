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
//! Code that was written against the kernel's thread API runs in an ordinary process: kthreads that
//! kthreadd creates and that sleep until they are woken; `kthread_stop` and `kthread_park`;
//! completions; the `set_current_state`/`schedule` sleep protocol; signals between tasks; jiffies.
//! **Where a real kernel has an answer, the answer here is the same**, to the return value. Where a
//! process can be safer than a kernel (a second stop, a stop after the thread has ended), the
//! behaviour is defined, documented, and never a hang.
//!
//! # Where to find what
//!
//! The [modules](#modules) are named by the kernel's headers; the first line of each says which.
//! [`prelude`] has all of their names. A table of kernel calls and what they are here is in the
//! book, `docs/kernel-calls.md` of the repository.
//!
//! # Two faces
//!
//! Free functions and macros have the kernel's names and argument order; the methods of [`Task`],
//! [`Completion`] and [`Kernel`] are the same calls for new Rust code. `ERR_PTR(-E…)` is
//! `Result<_, Errno>`; an `int` of 0 or −errno is `Result<(), Errno>`; an `int` that a thread
//! function returned is an `i32`.
//!
//! # Context
//!
//! Every call may be made from any thread of the process: one that the runtime did not create gets
//! a task by its first call ([`current`]). Calls that may sleep say so; in a section of
//! [`preempt_disable`] they warn.
//!
//! # What is different from a kernel
//!
//! * Preemption, interrupts and address spaces are the process's. [`preempt_disable`] only notes
//!   that sleeping is wrong.
//! * A panic in a thread function is an oops: the task ends, `kthread_stop` returns −EFAULT,
//!   everybody else goes on.
//! * A second `kthread_stop` returns the result again. `kthread_park` of a thread that exits
//!   instead returns ENOSYS.
//! * A jiffy is 4 ms, and a limit of *n* jiffies ends when the tick after the last one begins, as a
//!   kernel's does: `msleep(1)` takes 8 to 12 ms. [`KernelBuilder::exact_timeouts`] makes it 4 to
//!   8.
//! * A process forked from one that uses the runtime can't use it; exec first.

// For builds without cargo: with it, build.rs says so first, and alone.
#[cfg(not(all(
    target_os = "linux",
    target_env = "gnu",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
compile_error!(
    "kthread-rt runs on Linux with glibc, on x86-64 and aarch64: it stands on futexes, glibc's threads, real affinity \
     and /sys"
);

#[cfg(panic = "abort")]
compile_error!(
    "kthread-rt needs panic = \"unwind\": kthread_exit() unwinds to the end of its thread, and a panic is an oops of one \
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
// The modules show them. Here they are for macros, and for code that names the crate.
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

/// What the macros expand to. Not for use by hand.
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
