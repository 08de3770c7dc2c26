//! Why a task must not sleep: where its atomic sections began, and where its state was set, for
//! reports.
//!
//! Only a task of a Kernel with [`debug`](crate::KernelBuilder::debug) has these notes, and only
//! the task itself writes them. A reader on another thread may get the parts of two places, which
//! can only make a report name a wrong line. Of nested sections, the outermost is noted.

use super::{CallPlace, KernelState, TaskStruct};
use crate::sync::Ordering;
use crate::sync::record::{AtomicPtr, AtomicU32, AtomicUsize};
use std::panic::Location;
use std::ptr;

/// In a task's `preempt_count` word (`sched/context.rs`): the task has these notes.
pub(crate) const DEBUG: u32 = 1 << 28;

/// The `preempt_count` word of a new task.
pub(super) fn first_word(kernel_state: &KernelState) -> u32 {
    if kernel_state.debug { DEBUG } else { 0 }
}

/// What a note is about.
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
    /// How many sections began. A call is reported once in each section.
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
        // SAFETY: the pointer is null or from a `&'static Location` in `set`.
        let location = unsafe { self.location.load(Ordering::Relaxed).as_ref() }?;
        Some(CallPlace { location, address: self.address.load(Ordering::Relaxed) })
    }
}

impl Sections {
    /// Notes that the outermost section of a kind begins, or that the state is set.
    pub(crate) fn begin(&self, what: Begun, place: CallPlace) {
        self.begun[what as usize].set(Some(place));
        self.next();
    }

    /// Notes that it has ended.
    pub(crate) fn end(&self, what: Begun) {
        self.begun[what as usize].set(None);
    }

    /// Where it began.
    pub(crate) fn begin_of(&self, what: Begun) -> Option<CallPlace> {
        self.begun[what as usize].get()
    }

    /// Notes that a section without a place begins: a callback.
    pub(crate) fn next(&self) {
        self.serial.store(self.serial.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }

    /// True for the first call at `place` since the last section began. So a loop, or a call that
    /// makes several calls that may sleep, is reported once.
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
    /// True if it is the same call. Different calls in C have the same place in Rust.
    fn is(&self, other: &Self) -> bool {
        match (self.address, other.address) {
            (0, 0) => ptr::eq(self.location, other.location) || self.location == other.location,
            (mine, others) => mine == others,
        }
    }
}

impl TaskStruct {
    /// The task's notes; only in a Kernel with `debug`.
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
