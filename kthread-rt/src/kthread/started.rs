//! `kthread_run_started`: a kthread whose function has begun.
//!
//! A thread that is stopped between its first wake-up and its first instruction never calls its
//! function, in a kernel as here. The creator that can't have that waits for the first instruction.

use super::named;
use super::shared::Shared;
use crate::completion::Completion;
use crate::errno::Errno;
use crate::sched::with_current;
use crate::sync::Arc;
use crate::task::Task;
use std::panic::Location;

/// Completes its completion when it is dropped: when the function begins, or with a function that
/// never does.
struct Begun(Arc<Completion>);

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.complete();
    }
}

/// `kthread_run_started!`.
#[track_caller]
pub fn kthread_run_started<T, F>(threadfn: F, data: T, shared: Shared, name: String) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    let begun = Arc::new(Completion::new());
    let tell = Begun(begun.clone());
    let threadfn = move |data| {
        drop(tell);
        threadfn(data)
    };
    let task = named::kthread_run(threadfn, data, shared, name)?;
    let place = Location::caller();
    with_current(|me| begun.wait_for_by(me, "kthread_run_started", place));
    Ok(task)
}

/// [`kthread_run`](super::kthread_run()), and returns once the function has begun. The macro of the
/// same name formats the name.
///
/// After this, `kthread_stop` can't prevent the function from running, as it can after
/// `kthread_run`. If another task stops the thread earlier, this returns when the thread has ended.
/// Sleeps. Kernel code uses a completion for this, which its function completes first.
///
/// # Errors
///
/// As [`kthread_create`](super::kthread_create()).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run_started(|n| n, 7, "runs-for-sure")?;
/// assert_eq!(kthread_stop(&task), 7);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_run_started_named<T, F>(threadfn: F, data: T, name: &str) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    kthread_run_started(threadfn, data, None, name.to_owned())
}
