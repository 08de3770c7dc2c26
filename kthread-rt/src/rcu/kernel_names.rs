//! The kernel's names.

use super::*;

/// Begins a section in which nothing is freed that is there for readers: `rcu_read_lock`. Sections
/// nest. Never sleeps, and nor should the section.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicPtr, Ordering::*};
///
/// static CONFIG: AtomicPtr<u32> = AtomicPtr::new(std::ptr::null_mut());
///
/// CONFIG.store(Box::into_raw(Box::new(7)), Release);
/// rcu_read_lock();
/// // SAFETY: not freed as long as this section lasts.
/// assert_eq!(unsafe { *CONFIG.load(Acquire) }, 7);
/// rcu_read_unlock();
///
/// let old = CONFIG.swap(Box::into_raw(Box::new(8)), AcqRel);
/// synchronize_rcu();
/// // SAFETY: nobody has it any more.
/// drop(unsafe { Box::from_raw(old) });
/// ```
#[track_caller]
pub fn rcu_read_lock() {
    let place = Location::caller();
    peek_current(|me| begin_section(me, place));
}

/// Ends a section that [`rcu_read_lock`] began: `rcu_read_unlock`. Without one it warns.
#[track_caller]
pub fn rcu_read_unlock() {
    let place = Location::caller();
    with_current(|me| end_section(me, place));
}

/// True if the calling task is in such a section: `rcu_read_lock_held`.
pub fn rcu_read_lock_held() -> bool {
    peek_current(|me| me.rcu_nesting().any())
}

/// Waits until all sections of [`rcu_read_lock`] that have begun are over, of all tasks of the
/// process: `synchronize_rcu`. Sleeps. In a section of its own the caller would wait for ever: it
/// warns, and does not wait.
#[track_caller]
pub fn synchronize_rcu() {
    let place = Location::caller();
    if rcu_read_lock_held() {
        let message = "called in a section of rcu_read_lock(), which it would wait for";
        return with_current(|me| me.warn(WarningKind::Deadlock, "synchronize_rcu", place, message));
    }
    let _whole = with_current(|me| might_sleep_in_all(me, "synchronize_rcu", place));
    TASK_GRACE.wait_for(&TASK_READERS, Wait::new(WaitKind::Rcu, 0, "synchronize_rcu", place));
}

/// A cookie for [`poll_state_synchronize_rcu`]: of the grace period that has to pass for all
/// sections that have begun to be over: `get_state_synchronize_rcu`. It begins none. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let cookie = get_state_synchronize_rcu();
/// assert!(!poll_state_synchronize_rcu(cookie));
/// synchronize_rcu();
/// assert!(poll_state_synchronize_rcu(cookie));
/// ```
pub fn get_state_synchronize_rcu() -> u64 {
    TASK_GRACE.cookie()
}

/// The cookie of a grace period that is over: `get_completed_synchronize_rcu`.
pub fn get_completed_synchronize_rcu() -> u64 {
    COMPLETED
}

/// True if the grace period of this cookie is over: `poll_state_synchronize_rcu`. Never sleeps.
pub fn poll_state_synchronize_rcu(cookie: u64) -> bool {
    TASK_GRACE.has_come(cookie)
}

/// [`synchronize_rcu`], unless the grace period of this cookie is over: `cond_synchronize_rcu`.
#[track_caller]
pub fn cond_synchronize_rcu(cookie: u64) {
    if !poll_state_synchronize_rcu(cookie) {
        synchronize_rcu();
    }
}

/// A cookie as [`get_state_synchronize_rcu`]'s, of `domain`: `get_state_synchronize_srcu`.
pub fn get_state_synchronize_srcu(domain: &SrcuStruct) -> u64 {
    domain.grace.cookie()
}

/// True if the grace period of this cookie of `domain` is over: `poll_state_synchronize_srcu`.
/// Never sleeps.
pub fn poll_state_synchronize_srcu(domain: &SrcuStruct, cookie: u64) -> bool {
    domain.grace.has_come(cookie)
}

/// Begins a section of `domain`, which may sleep: `srcu_read_lock`. The result is for
/// [`srcu_read_unlock`].
#[must_use]
pub fn srcu_read_lock(domain: &SrcuStruct) -> u32 {
    domain.readers.enter()
}

/// Ends a section that [`srcu_read_lock`] began, on whatever task: `srcu_read_unlock`. Without one
/// it warns.
#[track_caller]
pub fn srcu_read_unlock(domain: &SrcuStruct, section: u32) {
    let place = Location::caller();
    if !domain.readers.leave(section) {
        with_current(|me| {
            me.warn(WarningKind::LockMisuse, "srcu_read_unlock", place, "there is no such section")
        });
    }
}

/// Waits until all sections of `domain` that have begun are over: `synchronize_srcu`. Sleeps.
#[track_caller]
pub fn synchronize_srcu(domain: &SrcuStruct) {
    let place = Location::caller();
    let _whole = with_current(|me| might_sleep_in_all(me, "synchronize_srcu", place));
    let address = std::ptr::from_ref(domain).addr();
    let noted = Wait::new(WaitKind::Srcu, address, "synchronize_srcu", place);
    domain.grace.wait_for(&domain.readers, noted);
}
