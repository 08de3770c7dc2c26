//! Borrowing an address space or a cgroup. The calls do nothing, since all threads of a process
//! share one of each; they exist so that code which uses them compiles and runs.

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
                "the caller is not a kthread: it has an address space and need not borrow one",
            );
        }
    });
}

/// Borrows the address space `mm` for the calling kthread: `kthread_use_mm`. Does nothing: all
/// threads of a process share its address space. As in the kernel, warns if the caller is not a
/// kthread.
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

/// Ends a [`kthread_use_mm`]: `kthread_unuse_mm`.
#[track_caller]
pub fn kthread_unuse_mm<M: ?Sized>(mm: &M) {
    let _ = mm;
    for_kthreads("kthread_unuse_mm");
}

/// Accounts the I/O of the calling kthread to a cgroup: `kthread_associate_blkcg`. Does nothing
/// here.
pub fn kthread_associate_blkcg<C: ?Sized>(css: Option<&C>) {
    let _ = css;
}

/// Returns the cgroup that the calling kthread's I/O is accounted to: `kthread_blkcg`. Always
/// `None` (the kernel's NULL).
pub fn kthread_blkcg() -> Option<&'static ()> {
    None
}
