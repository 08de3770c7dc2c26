//! Borrowing an address space or a cgroup: nothing, since a process has one of each. The names are
//! there for code that brackets its work with them.

#![forbid(unsafe_code)]

use crate::diag::WarningKind;
use crate::sched::with_current;
use crate::task::PF_KTHREAD;
use std::panic::Location;

#[track_caller]
fn for_kthreads(call: &str) {
    let place = Location::caller();
    with_current(|me| {
        if !me.flags().contains(PF_KTHREAD) {
            me.warn(
                WarningKind::NotAKthread,
                call,
                place,
                "the caller is no kthread, and has its own memory",
            );
        }
    });
}

/// Lets the calling kthread use the address space `mm`: `kthread_use_mm`. Nothing to do: all
/// threads of the process do. By another task than a kthread it is a warning, as in the kernel.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run!(
///     |mm: usize| {
///         kthread_use_mm(&mm);
///         kthread_unuse_mm(&mm);
///         0
///     },
///     0,
///     "borrows"
/// )?;
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_use_mm<M: ?Sized>(mm: &M) {
    let _ = mm;
    for_kthreads("kthread_use_mm");
}

/// The end of [`kthread_use_mm`]: `kthread_unuse_mm`.
#[track_caller]
pub fn kthread_unuse_mm<M: ?Sized>(mm: &M) {
    let _ = mm;
    for_kthreads("kthread_unuse_mm");
}

/// Lets the I/O of the calling kthread be accounted to a cgroup: `kthread_associate_blkcg`. Nothing
/// to do.
pub fn kthread_associate_blkcg<C: ?Sized>(css: Option<&C>) {
    let _ = css;
}

/// The cgroup that the calling kthread's I/O is accounted to: `kthread_blkcg`. None (the kernel's
/// NULL), always.
pub fn kthread_blkcg() -> Option<&'static ()> {
    None
}
