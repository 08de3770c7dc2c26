//! All locks that a task holds, in a Kernel with `debug`: of every kind, for writing and for
//! reading, without a limit. Also the lock checks' other data of a task.
//!
//! A lock protects it, because other tasks use it too: to find the holder of a lock, and to release
//! a lock that this task holds.

use super::held::{HeldLock, HeldLocks, LockKind};
use super::{CallPlace, TaskStruct};
use crate::sync::record::AtomicUsize;
use crate::sync::{Mutex, Ordering};
use std::mem;
use std::panic::Location;

/// How a lock is held or requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// By one task.
    Alone,
    /// With other readers. A reader that takes it again may have to wait behind a writer.
    Shared,
    /// With other readers, and a reader may take it again.
    Recursive,
}

impl Mode {
    pub(crate) fn is_read(self) -> bool {
        self != Self::Alone
    }
}

/// A lock that the task holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) address: usize,
    pub(crate) kind: LockKind,
    pub(crate) mode: Mode,
    /// The class, if it has one.
    pub(crate) class: Option<u32>,
    pub(crate) place: CallPlace,
    /// A warning has reported that the lock was left held: no further reports about it.
    pub(crate) told: bool,
    /// Another task has released it.
    pub(crate) gone: bool,
}

/// What the task has announced about the lock that it takes or releases next.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Next {
    pub(crate) subclass: u32,
    /// The lock that is held around all locks of its class.
    pub(crate) nest: usize,
    /// Another task releases it, or took it: it has no owner.
    pub(crate) non_owner: bool,
    /// Where the lock was made.
    pub(crate) made: Option<&'static Location<'static>>,
}

/// A lock that the task is about to take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pending {
    pub(crate) address: usize,
    pub(crate) class: Option<u32>,
    pub(crate) place: CallPlace,
    pub(crate) non_owner: bool,
}

#[derive(Debug, Default)]
struct State {
    entries: Vec<Entry>,
    next: Next,
    pending: Option<Pending>,
}

/// The list, and the data that belongs to it.
#[derive(Debug)]
pub(crate) struct AllHeld {
    state: Mutex<State>,
    /// The return address into C of the call that spins; else 0.
    spins_at: AtomicUsize,
}

impl AllHeld {
    fn new() -> Self {
        Self { state: Mutex::new(State::default()), spins_at: AtomicUsize::new(0) }
    }

    /// Adds a lock.
    pub(crate) fn add(&self, entry: Entry) {
        self.state.lock().entries.push(entry);
    }

    /// Removes the last entry of this lock.
    pub(crate) fn remove(&self, address: usize, read: bool) -> Option<Entry> {
        let entries = &mut self.state.lock().entries;
        let at = entries.iter().rposition(|one| one.address == address && one.mode.is_read() == read)?;
        Some(entries.remove(at))
    }

    /// Another task has released this lock. Returns where it was taken.
    pub(crate) fn give_away(&self, address: usize, read: bool) -> Option<CallPlace> {
        let entries = &mut self.state.lock().entries;
        let is_it = |one: &&mut Entry| one.address == address && one.mode.is_read() == read && !one.gone;
        let entry = entries.iter_mut().rfind(is_it)?;
        entry.gone = true;
        Some(entry.place)
    }

    /// The held locks that were not reported.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.state.lock().entries.iter().filter(|one| !one.told && !one.gone).copied().collect()
    }

    /// How the task holds the lock at `address`.
    pub(crate) fn find(&self, address: usize) -> Option<Entry> {
        self.state.lock().entries.iter().rfind(|one| one.address == address).copied()
    }

    /// How many held locks were not reported.
    pub(crate) fn count(&self) -> usize {
        self.state.lock().entries.iter().filter(|one| !one.told && !one.gone).count()
    }

    /// Marks the held locks after the first `count` as reported, and returns them.
    pub(crate) fn mark_told(&self, count: usize) -> Vec<Entry> {
        let entries = &mut self.state.lock().entries;
        let left = entries.iter_mut().filter(|one| !one.told && !one.gone).skip(count);
        left.map(|one| {
            one.told = true;
            *one
        })
        .collect()
    }

    /// The lock is held for reading from now on.
    pub(crate) fn downgrade(&self, address: usize) {
        let entries = &mut self.state.lock().entries;
        if let Some(entry) = entries.iter_mut().rfind(|one| one.address == address) {
            entry.mode = Mode::Shared;
        }
    }

    /// Changes what is announced about the next lock.
    pub(crate) fn say_of_next(&self, say: impl FnOnce(&mut Next)) {
        say(&mut self.state.lock().next);
    }

    /// Takes what was announced about the next lock.
    pub(crate) fn take_next(&self) -> Next {
        mem::take(&mut self.state.lock().next)
    }

    pub(crate) fn set_pending(&self, pending: Option<Pending>) {
        self.state.lock().pending = pending;
    }

    /// Takes what was noted about the lock at `address` before it was taken.
    pub(crate) fn take_pending(&self, address: usize) -> Option<Pending> {
        self.state.lock().pending.take().filter(|pending| pending.address == address)
    }

    pub(crate) fn set_spins_at(&self, address_in_c: usize) {
        self.spins_at.store(address_in_c, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Vec<HeldLock> {
        let entries = &self.state.lock().entries;
        let shown = |one: &Entry| HeldLock {
            address: one.address,
            place: one.place.location(),
            kind: Some(one.kind),
            shared: one.mode.is_read(),
            address_in_c: one.place.address_in_c(),
        };
        entries.iter().filter(|one| !one.gone).map(shown).collect()
    }
}

impl HeldLocks {
    /// The list of all locks. Only in a Kernel with `debug`.
    pub(crate) fn all(&self) -> &AllHeld {
        self.all.get_or_init(|| Box::new(AllHeld::new()))
    }

    /// The list, if a lock was ever on it.
    pub(crate) fn all_if_any(&self) -> Option<&AllHeld> {
        self.all.get().map(|all| &**all)
    }
}

impl TaskStruct {
    /// The return address into C of the call in which the task spins for a lock; 0 if unknown.
    #[doc(hidden)]
    pub fn spins_at_in_c(&self) -> usize {
        self.held.all_if_any().map_or(0, |all| all.spins_at.load(Ordering::Relaxed))
    }
}
