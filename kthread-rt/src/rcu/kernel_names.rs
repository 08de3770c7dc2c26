//! The kernel's names for RCU and SRCU.

use super::*;

/// Begins a read-side critical section: `rcu_read_lock`. What a reader finds in it is not freed
/// before it ends, if the updater waits for a grace period first. Sections nest. Never sleeps; nor
/// may the section.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicPtr, Ordering::*};
///
/// static CONFIG: AtomicPtr<u32> = AtomicPtr::new(std::ptr::null_mut());
///
/// CONFIG.store(Box::into_raw(Box::new(7)), Release);
/// rcu_read_lock();
/// // SAFETY: nothing frees the value while this section lasts.
/// assert_eq!(unsafe { *CONFIG.load(Acquire) }, 7);
/// rcu_read_unlock();
///
/// let old = CONFIG.swap(Box::into_raw(Box::new(8)), AcqRel);
/// synchronize_rcu();
/// // SAFETY: no reader uses it any more.
/// drop(unsafe { Box::from_raw(old) });
/// ```
#[track_caller]
pub fn rcu_read_lock() {
    let place = Location::caller();
    peek_current(|me| begin_section(me, place));
}

/// Ends a section that [`rcu_read_lock`] began: `rcu_read_unlock`. Warns if there is none.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// rcu_read_lock();
/// assert!(rcu_read_lock_held());
/// rcu_read_unlock();
/// ```
#[track_caller]
pub fn rcu_read_unlock() {
    let place = Location::caller();
    with_current(|me| end_section(me, place));
}

/// Returns true if the calling task is in such a section: `rcu_read_lock_held`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// rcu_read_lock();
/// assert!(rcu_read_lock_held());
/// rcu_read_unlock();
/// ```
pub fn rcu_read_lock_held() -> bool {
    peek_current(|me| me.rcu_nesting().any())
}

/// Waits for a grace period: until all [`rcu_read_lock`] sections that have begun, of all tasks of
/// the process, are over: `synchronize_rcu`. Sleeps. In a section of its own the caller would wait
/// for ever, so the call warns and does not wait.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::ptr::null_mut;
/// use std::sync::atomic::{AtomicPtr, Ordering::{AcqRel, Release}};
///
/// static CONFIG: AtomicPtr<u32> = AtomicPtr::new(null_mut());
/// CONFIG.store(Box::into_raw(Box::new(1)), Release);
/// let old = CONFIG.swap(Box::into_raw(Box::new(2)), AcqRel);
/// synchronize_rcu(); // no reader has `old` any more
/// // SAFETY: it came from a box, and nobody else can reach it.
/// drop(unsafe { Box::from_raw(old) });
/// ```
#[track_caller]
pub fn synchronize_rcu() {
    let place = Location::caller();
    if rcu_read_lock_held() {
        let message = "called in a section of rcu_read_lock(), which it would wait for: it does not wait";
        return with_current(|me| me.warn(WarningKind::Deadlock, "synchronize_rcu", place, message));
    }
    let _whole = with_current(|me| might_sleep_in_all(me, "synchronize_rcu", place));
    TASK_GRACE.wait_for(&TASK_READERS, Wait::new(WaitKind::Rcu, 0, "synchronize_rcu", place));
}

/// Returns a cookie of the grace period after which all sections that have begun are over:
/// `get_state_synchronize_rcu`. It is for [`poll_state_synchronize_rcu`], and starts no grace
/// period. Never sleeps.
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

/// Returns the cookie of a grace period that is over: `get_completed_synchronize_rcu`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(poll_state_synchronize_rcu(get_completed_synchronize_rcu()));
/// ```
pub fn get_completed_synchronize_rcu() -> u64 {
    COMPLETED
}

/// Returns true if this cookie's grace period is over: `poll_state_synchronize_rcu`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let cookie = get_state_synchronize_rcu();
/// cond_synchronize_rcu(cookie); // waits, unless a grace period has passed
/// assert!(poll_state_synchronize_rcu(cookie));
/// ```
pub fn poll_state_synchronize_rcu(cookie: u64) -> bool {
    TASK_GRACE.has_come(cookie)
}

/// Calls [`synchronize_rcu`] unless this cookie's grace period is over: `cond_synchronize_rcu`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let cookie = get_state_synchronize_rcu();
/// cond_synchronize_rcu(cookie); // waits, unless a grace period has passed
/// assert!(poll_state_synchronize_rcu(cookie));
/// ```
#[track_caller]
pub fn cond_synchronize_rcu(cookie: u64) {
    if !poll_state_synchronize_rcu(cookie) {
        synchronize_rcu();
    }
}

/// [`get_state_synchronize_rcu`] for `domain`: `get_state_synchronize_srcu`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let domain = SrcuStruct::new();
/// let cookie = get_state_synchronize_srcu(&domain);
/// synchronize_srcu(&domain);
/// assert!(poll_state_synchronize_srcu(&domain, cookie));
/// ```
pub fn get_state_synchronize_srcu(domain: &SrcuStruct) -> u64 {
    domain.grace.cookie()
}

/// Returns true if this cookie's grace period of `domain` is over: `poll_state_synchronize_srcu`.
/// Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let domain = SrcuStruct::new();
/// let cookie = get_state_synchronize_srcu(&domain);
/// synchronize_srcu(&domain);
/// assert!(poll_state_synchronize_srcu(&domain, cookie));
/// ```
pub fn poll_state_synchronize_srcu(domain: &SrcuStruct, cookie: u64) -> bool {
    domain.grace.has_come(cookie)
}

/// Begins a read-side critical section of `domain`, which may sleep: `srcu_read_lock`. Pass the
/// result to [`srcu_read_unlock`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let domain = SrcuStruct::new();
/// let section = srcu_read_lock(&domain);
/// msleep(1); // a reader of SRCU may sleep
/// srcu_read_unlock(&domain, section);
/// synchronize_srcu(&domain);
/// ```
#[must_use]
pub fn srcu_read_lock(domain: &SrcuStruct) -> u32 {
    domain.readers.enter()
}

/// Ends a section that [`srcu_read_lock`] began, on any task: `srcu_read_unlock`. Warns if there is
/// none.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let domain = SrcuStruct::new();
/// let section = srcu_read_lock(&domain);
/// msleep(1); // a reader of SRCU may sleep
/// srcu_read_unlock(&domain, section);
/// synchronize_srcu(&domain);
/// ```
#[track_caller]
pub fn srcu_read_unlock(domain: &SrcuStruct, section: u32) {
    let place = Location::caller();
    if !domain.readers.leave(section) {
        with_current(|me| {
            me.warn(
                WarningKind::LockMisuse,
                "srcu_read_unlock",
                place,
                "no such section has begun: this call ends none",
            )
        });
    }
}

/// Waits until all sections of `domain` that have begun are over: `synchronize_srcu`. Sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let domain = SrcuStruct::new();
/// let section = srcu_read_lock(&domain);
/// msleep(1); // a reader of SRCU may sleep
/// srcu_read_unlock(&domain, section);
/// synchronize_srcu(&domain);
/// ```
#[track_caller]
pub fn synchronize_srcu(domain: &SrcuStruct) {
    let place = Location::caller();
    let _whole = with_current(|me| might_sleep_in_all(me, "synchronize_srcu", place));
    let address = std::ptr::from_ref(domain).addr();
    let noted = Wait::new(WaitKind::Srcu, address, "synchronize_srcu", place);
    domain.grace.wait_for(&domain.readers, noted);
}
