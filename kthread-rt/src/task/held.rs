//! Which locks a task holds: mutexes, and rwsems for writing. Written down by the task itself, with the place in the source,
//! for whoever asks why something hangs: a task that waits notes the address of the lock, and the task that has that
//! address here is the one it waits for.
//!
//! A few relaxed stores beside a compare-exchange. A reader may see the list in the middle of a change; each entry's parts
//! are valid by themselves.

use super::TaskStruct;
use crate::sync::record::{AtomicPtr, AtomicU32, AtomicUsize};
use std::panic::Location;
use std::ptr;
use std::sync::atomic::Ordering;

/// More than code that can be understood nests. What is beyond is counted.
const LISTED: usize = 8;

/// A lock that a task holds: a mutex, or an rwsem for writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldLock {
    /// The lock's address, as in [`WaitsOn::address`](super::WaitsOn::address) of those who wait for it.
    pub address: usize,
    /// The call that took it.
    pub place: &'static Location<'static>,
}

/// The list.
#[derive(Debug, Default)]
pub(crate) struct HeldLocks {
    slots: [Slot; LISTED],
    unlisted: AtomicU32,
}

/// Free if the address is 0.
#[derive(Debug, Default)]
struct Slot {
    address: AtomicUsize,
    place: AtomicPtr<Location<'static>>,
}

impl HeldLocks {
    /// The task has taken the lock at `address`.
    #[inline]
    pub(crate) fn add(&self, address: usize, place: &'static Location<'static>) {
        match self.find(0) {
            Some(slot) => {
                slot.place.store(ptr::from_ref(place).cast_mut(), Ordering::Relaxed);
                slot.address.store(address, Ordering::Relaxed);
            }
            None => self.unlisted.store(self.unlisted.load(Ordering::Relaxed) + 1, Ordering::Relaxed),
        }
    }

    /// The task is letting the lock at `address` go.
    #[inline]
    pub(crate) fn remove(&self, address: usize) {
        match self.find(address) {
            Some(slot) => slot.address.store(0, Ordering::Relaxed),
            None => {
                let unlisted = self.unlisted.load(Ordering::Relaxed);
                self.unlisted.store(unlisted.saturating_sub(1), Ordering::Relaxed);
            }
        }
    }

    fn find(&self, address: usize) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.address.load(Ordering::Relaxed) == address)
    }

    /// True if the task holds a lock.
    pub(crate) fn any(&self) -> bool {
        self.unlisted.load(Ordering::Relaxed) != 0
            || self.slots.iter().any(|slot| slot.address.load(Ordering::Relaxed) != 0)
    }

    pub(crate) fn read(&self) -> Vec<HeldLock> {
        let held = |slot: &Slot| {
            let address = slot.address.load(Ordering::Relaxed);
            // SAFETY: null, or from a `&'static Location` in `add`.
            let place = unsafe { slot.place.load(Ordering::Relaxed).as_ref()? };
            (address != 0).then_some(HeldLock { address, place })
        };
        self.slots.iter().filter_map(held).collect()
    }
}

impl TaskStruct {
    #[inline(always)]
    pub(crate) fn held(&self) -> &HeldLocks {
        &self.held
    }

    /// The locks that the task holds: mutexes, and rwsems for writing. At most eight; in no order.
    ///
    /// What another task [waits on](TaskStruct::waits_on) it waits for in vain as long as this task has it here.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let config = KMutex::new(5);
    /// let guard = config.lock();
    /// assert_eq!(current().held_locks()[0].place.file(), file!());
    /// drop(guard);
    /// assert_eq!(current().held_locks(), []);
    /// ```
    pub fn held_locks(&self) -> Vec<HeldLock> {
        self.held.read()
    }
}
