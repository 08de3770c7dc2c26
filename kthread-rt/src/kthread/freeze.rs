//! `kthread_freezable_should_stop`.

use crate::freezer::{freezing, refrigerator};
use crate::sched::{might_sleep_in, with_current};
use std::panic::Location;

/// True if the calling freezable kthread should stop; freezes it first if it should freeze:
/// `kthread_freezable_should_stop`. Sleeps as long as it is frozen.
///
/// Sets `was_frozen` to whether the kthread was frozen. A kthread that was asked to stop does not
/// freeze any more.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut was_frozen = true;
/// assert!(!kthread_freezable_should_stop(Some(&mut was_frozen)));
/// assert!(!was_frozen);
/// ```
#[track_caller]
pub fn kthread_freezable_should_stop(was_frozen: Option<&mut bool>) -> bool {
    let place = Location::caller();
    let frozen = with_current(|me| {
        might_sleep_in(me, "kthread_freezable_should_stop", place);
        freezing(me) && refrigerator(me, true, place)
    });
    if let Some(was_frozen) = was_frozen {
        *was_frozen = frozen;
    }
    super::kthread_should_stop()
}
