//! Checking your own thread code: every order of its steps that matters, and not the one that
//! today's test run happened to take.
//!
//! A **model** is a closure: a small program of kthreads, completions, wait queues and shared
//! variables, with assertions. It is an ordinary test that calls the ordinary API, and the build
//! decides who runs it:
//!
//! | build | who runs it | how often |
//! |---|---|---|
//! | `RUSTFLAGS="--cfg loom"` | [loom](https://docs.rs/loom) | once for each permutation up to a bound of preemptions |
//! | `RUSTFLAGS="--cfg shuttle"` | [shuttle](https://docs.rs/shuttle) | as often as it is told, each time by another schedule |
//! | neither | real threads | once, or as often as it is told |
//!
//! Under a checker, kthreadd, `schedule`, `complete` and all the rest are the code that ships, with
//! the checker's atomics, locks and threads under it. So a wake-up that can be lost is lost in some
//! execution, and reported; one that never is can't be.
//!
//! ```
//! use kthread_rt::model::{self, Model, sync};
//! use kthread_rt::prelude::*;
//!
//! Model::new("a thread that is woken after the work is there does the work")
//!     .outcomes(["done"])
//!     .check(|_kernel| {
//!         let work = sync::Arc::new(sync::AtomicBool::new(false));
//!         let worker = kthread_run!(
//!             |work: sync::Arc<sync::AtomicBool>| {
//!                 loop {
//!                     set_current_state(TASK_INTERRUPTIBLE);
//!                     if work.load(sync::Ordering::Relaxed) {
//!                         break;
//!                     }
//!                     schedule();
//!                 }
//!                 set_current_state(TASK_RUNNING);
//!                 7
//!             },
//!             work.clone(),
//!             "worker"
//!         )
//!         .unwrap();
//!         model::started(&worker);
//!         work.store(true, sync::Ordering::Relaxed);
//!         wake_up_process(&worker);
//!         assert_eq!(kthread_stop(&worker), 7);
//!         "done"
//!     });
//! ```
//!
//! # Running it
//!
//! ```console
//! $ RUSTFLAGS="--cfg loom" cargo test --release --target-dir target/loom --test my_models
//! $ RUSTFLAGS="--cfg shuttle" cargo test --release --target-dir target/shuttle --test my_models
//! ```
//!
//! The flag changes every crate of the build that knows it, so the build has a target folder of its
//! own, and models live best in a test or a package that needs few other crates. Release matters: a
//! debug build takes ten times as long. `examples/lost_wakeup.rs` and
//! `examples/stop_while_sleeping.rs` in the repository are models of two well-known bugs, and print
//! what the checker finds.
//!
//! # An execution
//!
//! The closure gets a Kernel of its own, which boots before it and shuts down after it, and it runs
//! as that Kernel's init. Boot and shutdown are not explored, only what the closure does. An
//! execution **fails** if
//!
//! * an assertion fails, or anything panics;
//! * nobody can go on: a deadlock, or a wake-up that was lost (under a checker; on real threads the
//!   test hangs);
//! * a kthread is left when the closure returns, or the OS thread of one was not joined;
//! * the runtime told a [warning](crate::diag), unless [`Model::allow_warnings`] was called;
//! * its outcome is none of those that [`Model::outcomes`] lists;
//! * under loom, something was accessed without being ordered, or leaks.
//!
//! The report of a failure goes to standard error, past the capture of a test harness: the claim,
//! what happened, the steps that led to it, task by task, and how to see the same execution again.
//! Under a checker the process then ends, with status 1: a checker can't take down an execution
//! that is broken.
//!
//! # What a model shares
//!
//! A checker sees the accesses to its own types only. So what threads share is either the runtime's
//! (completions, wait queues, locks, [`KMutex`](crate::KMutex)), or one of [`sync`]: atomics,
//! `Arc`, `UnsafeCell`. Those are std's in an ordinary build, and a module that uses them
//! throughout needs no `cfg`. Statics come from the `DECLARE_…!` and `DEFINE_…!` macros, or from
//! [`model_static!`](crate::model_static) for anything else: each execution has them anew. (On real
//! threads they are statics, so a second execution finds what the first has left.)
//!
//! # How small is small
//!
//! loom has five threads in an execution: the closure's, kthreadd, and three more, of which a model
//! with a timer gives one to the thread that calls timers. Each atomic access, lock and wake is a
//! point at which it may switch, and the number of permutations grows with all of them; with a
//! bound of two preemptions, two kthreads that do a handful of steps take seconds in a release
//! build. [`unexplored`] keeps the steps before the interesting ones out of it, [`started`] those
//! of a new thread. shuttle takes as many threads as you like and thousands of steps, and tries as
//! many schedules as it is told, which is evidence where loom's is proof up to its bound.
//!
//! Time stands still under a checker until the model calls [`pass_time`]: a timeout is then one
//! more thing that happens at any point.

mod check;
mod outcome;
mod stage;
pub mod sync;
mod tell;

#[doc(inline)]
pub use crate::model_static;

pub use crate::sync::plan::{Checker, Scheduler};
pub use check::{Model, Report};
pub use outcome::Outcome;
#[doc(hidden)]
pub use stage::on_stage;
pub use stage::{Actor, pass_time, spawn, started, unexplored};

use crate::kernel::Kernel;

/// Who runs the models of this build.
pub const CHECKER: Checker = crate::sync::model::CHECKER;

/// Checks a model without any more to say about it: `Model::new(…).check(f)`, at loom's bound of
/// two preemptions.
///
/// # Panics
///
/// If an execution fails; see [the module](self).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// kthread_rt::model(|_kernel| {
///     let task = kthread_create!(|()| 7, (), "never_woken").unwrap();
///     assert_eq!(kthread_stop(&task), -4);
/// });
/// ```
#[track_caller]
pub fn model(f: impl Fn(&Kernel) + Send + Sync + 'static) {
    Model::new("what the model asserts").check(f);
}

/// A static of a model's own: as the `DECLARE_…!` macros, for any type. Each execution of a model
/// has it anew; in an ordinary build it is a plain static, and its value a constant.
///
/// ```
/// use kthread_rt::model::sync::{AtomicU32, Ordering};
///
/// kthread_rt::model_static!(static EVENTS: AtomicU32 = AtomicU32::new(0));
///
/// kthread_rt::model(|_kernel| {
///     EVENTS.fetch_add(1, Ordering::Relaxed);
///     assert_eq!(EVENTS.load(Ordering::Relaxed), 1);
/// });
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! model_static {
    ($(#[$meta:meta])* $vis:vis static $name:ident : $ty:ty = $init:expr $(;)?) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $ty = $init);
    };
}
