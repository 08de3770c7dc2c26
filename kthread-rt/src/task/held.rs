//! Which locks a task holds: mutexes of all kinds, and rwsems of both kinds for writing. The task
//! itself records each with the place of the call, so that a report can say why something hangs: a
//! waiter notes the address of the lock, and the task with that address here is the holder. With
//! `debug`, `held_all` lists all other locks too.
//!
//! Each record is a few relaxed stores next to a compare-exchange. Locks are mostly released in
//! reverse order, so the list is a stack. A reader may see it during a change; each field of an
//! entry is valid by itself.

use super::TaskStruct;
use super::held_all::AllHeld;
use crate::sync::record::{AtomicPtr, AtomicUsize};
use crate::sync::{Ordering, debugs};
use once_cell::sync::OnceCell;
use std::fmt;
use std::panic::Location;
use std::ptr;

/// How many locks are listed; more are only counted.
const LISTED: usize = 4;

/// The kind of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum LockKind {
    /// A mutex.
    Mutex,
    /// A ww_mutex.
    WwMutex,
    /// A rt_mutex.
    RtMutex,
    /// A rwsem.
    RwSem,
    /// A percpu_rwsem.
    PercpuRwSem,
    /// A spinlock.
    SpinLock,
    /// A reader-writer spinlock.
    RwLock,
}

impl fmt::Display for LockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mutex => "mutex",
            Self::WwMutex => "ww_mutex",
            Self::RtMutex => "rt_mutex",
            Self::RwSem => "rwsem",
            Self::PercpuRwSem => "percpu_rwsem",
            Self::SpinLock => "spinlock",
            Self::RwLock => "rwlock",
        })
    }
}

/// A lock that a task holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldLock {
    /// The lock's address, as in its waiters' [`WaitsOn::address`](super::WaitsOn::address).
    pub address: usize,
    /// The place of the call that took it.
    pub place: &'static Location<'static>,
    /// The lock's kind; only known in a Kernel with [`debug`](crate::KernelBuilder::debug).
    pub kind: Option<LockKind>,
    /// True if it is held for reading.
    pub shared: bool,
    /// The return address into C of the call that took it; 0 if unknown or not in C.
    #[doc(hidden)]
    pub address_in_c: usize,
}

/// The list of locks in the order in which they were taken. Only the task writes it.
#[derive(Debug, Default)]
pub(crate) struct HeldLocks {
    /// How many locks the task holds.
    depth: AtomicUsize,
    /// The first of them. An address of 0 stands for a lock that found no free slot when it was
    /// taken.
    slots: [Slot; LISTED],
    /// With `debug`, the list of all locks, once the first was taken.
    pub(super) all: OnceCell<Box<AllHeld>>,
}

#[derive(Debug, Default)]
struct Slot {
    address: AtomicUsize,
    place: AtomicPtr<Location<'static>>,
}

impl Slot {
    #[inline(always)]
    fn address(&self) -> usize {
        self.address.load(Ordering::Relaxed)
    }

    #[inline(always)]
    fn set(&self, address: usize, place: *mut Location<'static>) {
        self.place.store(place, Ordering::Relaxed);
        self.address.store(address, Ordering::Relaxed);
    }
}

impl HeldLocks {
    /// The task has taken the lock at `address`.
    #[inline]
    pub(crate) fn add(&self, address: usize, place: &'static Location<'static>) {
        let depth = self.depth.load(Ordering::Relaxed);
        if let Some(slot) = self.slots.get(depth) {
            slot.set(address, ptr::from_ref(place).cast_mut());
        }
        self.depth.store(depth + 1, Ordering::Relaxed);
    }

    /// The task has released the lock at `address`.
    #[inline]
    pub(crate) fn remove(&self, address: usize) {
        if debugs() {
            self.remove_from_all(address);
        }
        let top = self.depth.load(Ordering::Relaxed).wrapping_sub(1);
        match self.slots.get(top) {
            Some(slot) if slot.address() == address => self.depth.store(top, Ordering::Relaxed),
            _ => self.remove_below_top(address),
        }
    }

    #[cold]
    fn remove_from_all(&self, address: usize) {
        if let Some(all) = self.all_if_any() {
            all.take_next();
            all.remove(address, false);
        }
    }

    /// Removes a lock that is not the last that was taken, or has no slot.
    #[cold]
    fn remove_below_top(&self, address: usize) {
        let depth = self.depth.load(Ordering::Relaxed);
        let listed = &self.slots[..depth.min(LISTED)];
        let position = |wanted| listed.iter().position(|slot| slot.address() == wanted);
        if let Some(gone) = position(address).or_else(|| position(0)) {
            for (slot, next) in listed[gone..].iter().zip(&listed[gone + 1..]) {
                slot.set(next.address(), next.place.load(Ordering::Relaxed));
            }
            if let Some(last) = listed.last() {
                last.set(0, ptr::null_mut());
            }
        }
        self.depth.store(depth.saturating_sub(1), Ordering::Relaxed);
    }

    /// How many locks the task holds.
    pub(crate) fn depth(&self) -> usize {
        self.depth.load(Ordering::Relaxed)
    }

    /// True if the task holds a lock.
    pub(crate) fn any(&self) -> bool {
        self.depth.load(Ordering::Relaxed) != 0
    }

    fn read(&self) -> Vec<HeldLock> {
        if let Some(all) = self.all.get() {
            return all.read();
        }
        let depth = self.depth.load(Ordering::Relaxed);
        let held = |slot: &Slot| {
            let address = slot.address();
            // SAFETY: the pointer is null or from a `&'static Location` in `add`.
            let place = unsafe { slot.place.load(Ordering::Relaxed).as_ref()? };
            (address != 0).then_some(HeldLock { address, place, kind: None, shared: false, address_in_c: 0 })
        };
        self.slots[..depth.min(LISTED)].iter().filter_map(held).collect()
    }
}

impl TaskStruct {
    #[inline(always)]
    pub(crate) fn held(&self) -> &HeldLocks {
        &self.held
    }

    /// Returns the locks that the task holds: mutexes, ww_mutexes and rt_mutexes, and rwsems and
    /// percpu_rwsems that it holds for writing; at most the first four. In a Kernel with
    /// [`debug`](crate::KernelBuilder::debug), all of them, and also spinlocks, rwlocks and locks
    /// held for reading.
    ///
    /// A task that [waits on](TaskStruct::waits_on) one of these addresses waits for this task.
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
