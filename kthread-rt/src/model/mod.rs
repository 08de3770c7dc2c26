//! Checks your own thread code in every relevant order of its steps, not only in the one that
//! today's test run happened to take.
//!
//! A **model** is a closure: a small program of kthreads, completions, wait queues and shared
//! variables, with assertions. It is an ordinary test that calls the ordinary API. The build
//! decides what runs it:
//!
//! | build | what runs it | how often |
//! |---|---|---|
//! | `RUSTFLAGS="--cfg loom"` | [loom](https://docs.rs/loom) | once for each permutation up to a bound of preemptions |
//! | `RUSTFLAGS="--cfg shuttle"` | [shuttle](https://docs.rs/shuttle) | as often as you set, each time by another schedule |
//! | neither | real threads | once, or as often as you set |
//!
//! Under a checker, kthreadd, `schedule`, `complete` and all the rest are the code that ships, over
//! the checker's atomics, locks and threads. So a wake-up that can be lost is lost in some
//! execution, and reported.
//!
//! ```
//! use kthread_rt::model::{self, Model, sync};
//! use kthread_rt::prelude::*;
//!
//! Model::new("a thread that is woken after the work has arrived does the work")
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
//! The flag changes every crate of the build that knows it, so use a target folder of its own, and
//! put models into a test or a package that needs few other crates. Build with `--release`: a debug
//! build takes ten times as long. `examples/lost_wakeup.rs` and `examples/stop_while_sleeping.rs`
//! in the repository are models of two well-known bugs, and print what the checker finds.
//!
//! # An execution
//!
//! The closure gets a Kernel of its own, which boots before it and shuts down after it, and runs as
//! that Kernel's init. Only the closure is explored, not boot and shutdown. An execution **fails**
//! if
//!
//! * an assertion fails, or anything panics;
//! * no task can go on: a deadlock or a lost wake-up (under a checker; on real threads the test
//!   hangs);
//! * a kthread is left when the closure returns, or its OS thread was not joined;
//! * the runtime reported a [warning](crate::diag), unless [`Model::allow_warnings`] was called;
//! * [`Model::outcomes`] does not list its outcome;
//! * under loom, an access is not ordered, or something leaks.
//!
//! The report of a failure goes to standard error, past a test harness's capture: the claim, what
//! happened, the steps that led to it, task by task, and how to replay the execution. Under a
//! checker the process then ends with status 1, since a checker can't clean up a broken execution.
//!
//! # What the threads of a model share
//!
//! A checker sees only the accesses to its own types. So threads must share objects of the runtime
//! (completions, wait queues, locks, [`KMutex`](crate::KMutex)) or types of [`sync`]: atomics,
//! `Arc`, `UnsafeCell`. Those are std's in an ordinary build, and a module that uses only them
//! needs no `cfg`. Declare statics with the `DECLARE_…!` and `DEFINE_…!` macros, or with
//! [`model_static!`](crate::model_static) for other types: each execution initialises them anew.
//! (On real threads they are plain statics, so a second execution finds what the first has left.)
//!
//! # How small a model must be
//!
//! loom has five threads in an execution: the closure's, kthreadd, and three more. In a model with
//! timers, the timer thread is one of these three. Each atomic access, lock and wake-up is a point
//! at which loom may switch, and the number of permutations grows with all of them. With a bound of
//! two preemptions, two kthreads with a handful of steps take seconds in a release build.
//! [`unexplored`] excludes the steps before the interesting ones, [`started`] those of a new
//! thread. shuttle allows any number of threads and thousands of steps. It tries as many schedules
//! as you set: that is evidence, where loom gives proof up to its bound.
//!
//! Time stands still under a checker until the model calls [`pass_time`]: a timeout is then one
//! more event that can happen at any point.

mod check;
mod failure;
mod outcome;
mod stage;
pub mod sync;

#[doc(inline)]
pub use crate::model_static;

pub use crate::sync::plan::{Checker, Scheduler};
pub use check::{Model, Report};
pub use outcome::Outcome;
#[doc(hidden)]
pub use stage::on_stage;
pub use stage::{Actor, pass_time, spawn, started, unexplored};

use crate::kernel::Kernel;

/// The checker that runs the models of this build.
pub const CHECKER: Checker = crate::sync::model::CHECKER;

/// Checks a model with all defaults: `Model::new(…).check(f)`, at loom's bound of two preemptions.
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

/// Defines a static for a model, as the `DECLARE_…!` macros do, but of any type. Each execution of
/// a model initialises it anew; in an ordinary build it is a plain static with a constant
/// initializer.
///
/// **Form**: `model_static!([pub] static NAME: Type = init)`. Declares `static NAME`, of type
/// `Type` in an ordinary build and of one that dereferences to it in a model.
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
