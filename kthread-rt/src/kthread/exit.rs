//! `kthread_exit` and `kthread_complete_and_exit`: leaving a thread function from anywhere in it.
//!
//! Both unwind to the thread's main function with a payload of their own, running the destructors
//! of all frames on the way; what follows is told in `run`. A `catch_unwind` of the caller's on the
//! way catches it: it must go on with `resume_unwind`. `std::thread::panicking()` is true in the
//! destructors meanwhile.

use super::to_kthread;
use crate::completion::Completion;
use crate::sched::with_current;
use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc as StdArc;

/// A completion that can be completed after the caller's last frame is gone: a static one, or a
/// counted one.
#[derive(Clone)]
pub enum ExitCompletion {
    /// A static.
    Static(&'static Completion),
    /// A counted one.
    Counted(StdArc<Completion>),
    /// One that C code keeps valid.
    Raw(RawCompletion),
}

/// The address of a completion that is valid until its waiter has seen it completed: see
/// [`ExitCompletion::from_raw`].
#[derive(Debug, Clone, Copy)]
pub struct RawCompletion(*const Completion);

// SAFETY: a completion may be completed by any thread.
unsafe impl Send for RawCompletion {}

impl ExitCompletion {
    /// One by its address, as C has it.
    ///
    /// # Safety
    ///
    /// The completion is valid until this and all its clones have been completed or dropped.
    pub unsafe fn from_raw(completion: *const Completion) -> Self {
        Self::Raw(RawCompletion(completion))
    }

    pub(super) fn complete(&self) {
        match self {
            Self::Static(completion) => completion.complete(),
            Self::Counted(completion) => completion.complete(),
            // SAFETY: whoever made it promised that the completion is valid until now.
            Self::Raw(RawCompletion(completion)) => unsafe { (**completion).complete() },
        }
    }
}

impl fmt::Debug for ExitCompletion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExitCompletion")
    }
}

impl From<&'static Completion> for ExitCompletion {
    fn from(completion: &'static Completion) -> Self {
        Self::Static(completion)
    }
}

impl From<StdArc<Completion>> for ExitCompletion {
    fn from(completion: StdArc<Completion>) -> Self {
        Self::Counted(completion)
    }
}

/// The payload of the unwind.
pub(super) struct ExitPayload {
    pub(super) result: i32,
    pub(super) completion: Option<ExitCompletion>,
}

fn exit(result: i64, completion: Option<ExitCompletion>, call: &str) -> ! {
    with_current(|me| {
        assert!(to_kthread(me).is_some(), "{call}() was called by {}, which is not a kthread", me.id());
    });
    // The kernel's `long` becomes the `int` that kthread_stop returns.
    resume_unwind(Box::new(ExitPayload { result: result as i32, completion }))
}

/// Ends the calling kthread with `result`: `kthread_exit`.
///
/// The kernel's argument is a `long` and `kthread_stop` returns it as an `int`; so here.
/// Destructors of all frames run.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| kthread_exit(5), (), "leaver")?;
/// wake_up_process(&task);
/// while task.exit_state() == 0 {
///     msleep(1);
/// }
/// assert_eq!(kthread_stop(&task), 5);
/// # Ok::<(), Errno>(())
/// ```
///
/// It unwinds, so a `catch_unwind` of the caller's own, or of a library between, catches it as it
/// catches a panic. Such code goes on with `resume_unwind`, or the thread does not end:
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::panic::{catch_unwind, resume_unwind};
///
/// let contained = |()| match catch_unwind(|| kthread_exit(5)) {
///     Ok(never) => never,
///     Err(payload) => resume_unwind(payload), // a panic, or the exit
/// };
/// let task = kthread_run_started!(contained, (), "leaver")?;
/// assert_eq!(kthread_stop(&task), 5);
/// # Ok::<(), Errno>(())
/// ```
///
/// # Panics
///
/// If the caller is no kthread: in the kernel it would end the process.
pub fn kthread_exit(result: impl Into<i64>) -> ! {
    exit(result.into(), None, "kthread_exit")
}

/// Ends the calling kthread with `result`, and completes `completion` when nothing of the caller's
/// is left on the thread: `kthread_complete_and_exit`.
///
/// The one who waits for the completion may unload the code that the thread ran, once it has joined
/// the OS threads whose thread-local destructors are in that code.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let over = Arc::new(Completion::new());
/// let task = kthread_run!(
///     |over: Arc<Completion>| kthread_complete_and_exit(Some(over.into()), 9),
///     over.clone(),
///     "leaver"
/// )?;
/// wait_for_completion(&over);
/// assert_eq!(kthread_stop(&task), 9);
/// # Ok::<(), Errno>(())
/// ```
///
/// # Panics
///
/// If the caller is no kthread.
pub fn kthread_complete_and_exit(completion: Option<ExitCompletion>, result: impl Into<i64>) -> ! {
    exit(result.into(), completion, "kthread_complete_and_exit")
}
