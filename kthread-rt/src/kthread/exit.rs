//! `kthread_exit` and `kthread_complete_and_exit`: end a kthread from any depth of its function.
//!
//! Both unwind to the thread's main function with a payload of their own, and run the destructors
//! of all frames; `run` has what follows. A `catch_unwind` in user code catches the payload too,
//! and must pass it to `resume_unwind`. `std::thread::panicking()` is true in the destructors.

use super::to_kthread;
use crate::completion::Completion;
use crate::sched::with_current;
use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc as StdArc;

/// A completion that outlives the frames of the thread function.
#[derive(Clone)]
pub enum ExitCompletion {
    /// A static completion.
    Static(&'static Completion),
    /// A reference-counted completion.
    Counted(StdArc<Completion>),
    /// A completion that C code keeps valid.
    Raw(RawCompletion),
}

/// The address of a completion that stays valid until its waiter has seen it completed: see
/// [`ExitCompletion::from_raw`].
#[derive(Debug, Clone, Copy)]
pub struct RawCompletion(*const Completion);

// SAFETY: any thread may complete a completion; `from_raw`'s caller keeps it valid.
unsafe impl Send for RawCompletion {}

impl ExitCompletion {
    /// Makes one from an address, for C code.
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
            // SAFETY: the caller of `from_raw` promised that the completion is valid until it is
            // completed here.
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
        assert!(
            to_kthread(me).is_some(),
            "{call}() was called by {}, which is not a kthread: return from the function instead",
            me.id()
        );
    });
    // `kthread_stop` returns the low 32 bits, as in the kernel, where the `long` becomes an `int`.
    resume_unwind(Box::new(ExitPayload { result: result as i32, completion }))
}

/// Ends the calling kthread with `result`: `kthread_exit`.
///
/// Runs the destructors of all frames of the thread. The argument is a `long` as in the kernel, and
/// `kthread_stop` returns it as an `int`.
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
/// catches a panic. Such code must call `resume_unwind`, or the thread does not end:
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
/// If the caller is not a kthread. (In the kernel the call would end the process.)
pub fn kthread_exit(result: impl Into<i64>) -> ! {
    exit(result.into(), None, "kthread_exit")
}

/// Ends the calling kthread with `result`, then completes `completion`, after all frames of the
/// thread function are gone: `kthread_complete_and_exit`.
///
/// After its waiter has woken and has joined the OS threads whose thread-local destructors are in
/// the thread's code, it may unload that code.
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
/// If the caller is not a kthread.
pub fn kthread_complete_and_exit(completion: Option<ExitCompletion>, result: impl Into<i64>) -> ! {
    exit(result.into(), completion, "kthread_complete_and_exit")
}
