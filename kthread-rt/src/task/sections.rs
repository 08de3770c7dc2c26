//! Since when a task must not sleep: where its atomic sections began, and where its state was set,
//! for reports.
//!
//! Only a task of a Kernel with [`debug`](crate::KernelBuilder::debug) has these notes, and only
//! the task itself writes them. Who looks at another task's may find the parts of two places, which
//! is a wrong line in a report and no more. Of sections in one another the outermost is noted.

use super::{CallPlace, KernelState, TaskStruct};
use crate::sync::Ordering;
use crate::sync::record::{AtomicPtr, AtomicU32, AtomicUsize};
use std::panic::Location;
use std::ptr;

/// In a task's word of counts (`sched/context.rs`): the task has these notes.
pub(crate) const DEBUG: u32 = 1 << 28;

/// The word of a task that has just been made.
pub(super) fn first_word(kernel_state: &KernelState) -> u32 {
    if kernel_state.debug { DEBUG } else { 0 }
}

/// What began somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begun {
    /// `preempt_disable`, or a spinlock.
    Preempt,
    /// `local_bh_disable`.
    Softirqs,
    /// `local_irq_disable`.
    Interrupts,
    /// `rcu_read_lock`.
    Rcu,
    /// A state that is not RUNNING.
    State,
}

const KINDS: usize = Begun::State as usize + 1;

/// The notes of one task.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    begun: [Noted; KINDS],
    /// How many sections there were. What is told is told once in each, of each call.
    serial: AtomicU32,
    told_in: AtomicU32,
    told: Noted,
}

#[derive(Debug, Default)]
struct Noted {
    location: AtomicPtr<Location<'static>>,
    address: AtomicUsize,
}

impl Noted {
    fn set(&self, place: Option<CallPlace>) {
        let (location, address) = place
            .map_or((ptr::null_mut(), 0), |place| (ptr::from_ref(place.location).cast_mut(), place.address));
        self.location.store(location, Ordering::Relaxed);
        self.address.store(address, Ordering::Relaxed);
    }

    fn get(&self) -> Option<CallPlace> {
        // SAFETY: null, or of a `&'static Location` in `set`.
        let location = unsafe { self.location.load(Ordering::Relaxed).as_ref() }?;
        Some(CallPlace { location, address: self.address.load(Ordering::Relaxed) })
    }
}

impl Sections {
    /// The outermost section of a kind begins, or the state is set.
    pub(crate) fn begin(&self, what: Begun, place: CallPlace) {
        self.begun[what as usize].set(Some(place));
        self.next();
    }

    /// That is over.
    pub(crate) fn end(&self, what: Begun) {
        self.begun[what as usize].set(None);
    }

    /// Where it began.
    pub(crate) fn begin_of(&self, what: Begun) -> Option<CallPlace> {
        self.begun[what as usize].get()
    }

    /// A section begins that needs no place: a callback.
    pub(crate) fn next(&self) {
        self.serial.store(self.serial.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }

    /// True the first time for a call at `place` since the last section began. A call that is made
    /// of others that may sleep, or a loop, is told once.
    pub(crate) fn first_of(&self, place: CallPlace) -> bool {
        let serial = self.serial.load(Ordering::Relaxed);
        let told = self.told_in.load(Ordering::Relaxed) == serial
            && self.told.get().is_some_and(|before| before.is(&place));
        self.told_in.store(serial, Ordering::Relaxed);
        self.told.set(Some(place));
        !told
    }
}

impl CallPlace {
    /// True if it is the same call. Two calls in C have one place in Rust.
    fn is(&self, other: &Self) -> bool {
        match (self.address, other.address) {
            (0, 0) => ptr::eq(self.location, other.location) || self.location == other.location,
            (mine, others) => mine == others,
        }
    }
}

impl TaskStruct {
    /// The notes, in a Kernel with `debug`.
    #[inline]
    pub(crate) fn sections(&self) -> Option<&Sections> {
        self.sections.as_deref()
    }

    /// Notes where the outermost section of a kind begins.
    #[cold]
    pub(crate) fn note_begin(&self, what: Begun, location: &'static Location<'static>) {
        if let Some(sections) = self.sections() {
            sections.begin(what, self.kernel_state.place_of_call(location));
        }
    }
}
