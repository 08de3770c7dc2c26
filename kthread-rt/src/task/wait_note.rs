//! What a task waits for: written down by the task before it sleeps, for whoever asks why something hangs.
//!
//! Three plain stores on a path that is about to sleep. A reader may see the parts of two waits that follow each
//! other closely; each part is valid by itself.

use crate::sync::Ordering;
use crate::sync::record::{AtomicPtr, AtomicU32, AtomicUsize};
use std::panic::Location;
use std::ptr;

/// The kind of thing that a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u32)]
pub enum WaitKind {
    /// A wake-up, in `schedule` or one of its timed forms.
    Schedule = 1,
    /// A completion.
    Completion,
    /// Time to pass: `msleep` and its like.
    Sleep,
    /// To be unparked.
    Parked,
    /// The end of a thread: `kthread_stop`.
    Stop,
    /// That a thread parks: `kthread_park`.
    Park,
    /// That a thread goes to sleep: `wait_task_inactive`.
    Inactive,
    /// kthreadd, to create a thread.
    Create,
    /// Its first wake-up.
    FirstWake,
    /// A wait queue.
    WaitQueue,
    /// A usermode helper: its exec or its end.
    Helper,
    /// To be thawed.
    Frozen,
    /// That tasks freeze.
    Freeze,
    /// A bit, or something about a variable.
    Bit,
    /// The end of a timer's callback: `timer_delete_sync`, `hrtimer_cancel`.
    Timer,
    /// The end of a tasklet or of an irq_work: `tasklet_kill`, `irq_work_sync`.
    Softirq,
    /// A mutex. Who holds it has its address among its [held locks](super::TaskStruct::held_locks).
    Mutex,
    /// A semaphore.
    Semaphore,
    /// A rwsem. A writer that holds it has its address among its [held locks](super::TaskStruct::held_locks).
    RwSem,
    /// A ww_mutex. Who holds it has its address among its [held locks](super::TaskStruct::held_locks).
    WwMutex,
    /// Work: an idle worker for some, or a flush or a cancel for its end.
    Work,
    /// A percpu_rwsem. A writer that holds it has its address among its [held locks](super::TaskStruct::held_locks).
    PercpuRwSem,
    /// A rt_mutex. Who holds it has its address among its [held locks](super::TaskStruct::held_locks).
    RtMutex,
    /// A spinlock, which is spun for: the task's state is RUNNING. Who holds it is known in a Kernel with
    /// [`debug`](crate::KernelBuilder::debug).
    SpinLock,
    /// A reader-writer spinlock, as [`SpinLock`](Self::SpinLock).
    RwLock,
}

const KINDS: [WaitKind; 25] = [
    WaitKind::Schedule,
    WaitKind::Completion,
    WaitKind::Sleep,
    WaitKind::Parked,
    WaitKind::Stop,
    WaitKind::Park,
    WaitKind::Inactive,
    WaitKind::Create,
    WaitKind::FirstWake,
    WaitKind::WaitQueue,
    WaitKind::Helper,
    WaitKind::Frozen,
    WaitKind::Freeze,
    WaitKind::Bit,
    WaitKind::Timer,
    WaitKind::Softirq,
    WaitKind::Mutex,
    WaitKind::Semaphore,
    WaitKind::RwSem,
    WaitKind::WwMutex,
    WaitKind::Work,
    WaitKind::PercpuRwSem,
    WaitKind::RtMutex,
    WaitKind::SpinLock,
    WaitKind::RwLock,
];

/// What a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitsOn {
    /// The kind of thing.
    pub kind: WaitKind,
    /// Its address, or 0: a completion's, a lock's; for [`WaitKind::Stop`] and its like see
    /// [`waits_for_task`](super::TaskStruct::waits_for_task).
    pub address: usize,
    /// The call that waits.
    pub place: &'static Location<'static>,
}

/// The note itself.
#[derive(Debug, Default)]
pub(crate) struct WaitNote {
    kind: AtomicU32,
    address: AtomicUsize,
    place: AtomicPtr<Location<'static>>,
}

/// The note as it was, to be put back when an inner wait is over.
#[derive(Debug)]
pub(crate) struct WaitNoteBefore<'a> {
    note: &'a WaitNote,
    kind: u32,
    address: usize,
    place: *mut Location<'static>,
}

impl WaitNote {
    /// Notes a wait until the returned guard goes.
    #[must_use]
    pub(crate) fn set(
        &self,
        kind: WaitKind,
        address: usize,
        place: &'static Location<'static>,
    ) -> WaitNoteBefore<'_> {
        let before = WaitNoteBefore {
            note: self,
            kind: self.kind.load(Ordering::Relaxed),
            address: self.address.load(Ordering::Relaxed),
            place: self.place.load(Ordering::Relaxed),
        };
        self.write(kind as u32, address, ptr::from_ref(place).cast_mut());
        before
    }

    /// Notes a wait that another thread begins for the task, until [`clear`](Self::clear).
    pub(crate) fn keep(&self, kind: WaitKind, address: usize, place: &'static Location<'static>) {
        self.write(kind as u32, address, ptr::from_ref(place).cast_mut());
    }

    /// The wait that was noted by [`keep`](Self::keep) is over.
    pub(crate) fn clear(&self) {
        self.write(0, 0, ptr::null_mut());
    }

    /// True if a wait is noted already: an inner call leaves the outer call's note, which says more.
    pub(crate) fn is_set(&self) -> bool {
        self.kind.load(Ordering::Relaxed) != 0
    }

    fn write(&self, kind: u32, address: usize, place: *mut Location<'static>) {
        self.kind.store(kind, Ordering::Relaxed);
        self.address.store(address, Ordering::Relaxed);
        self.place.store(place, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Option<WaitsOn> {
        let kind = KINDS.into_iter().find(|&k| k as u32 == self.kind.load(Ordering::Relaxed))?;
        // SAFETY: the pointer is null or comes from a `&'static Location` in `set`.
        let place = unsafe { self.place.load(Ordering::Relaxed).as_ref()? };
        Some(WaitsOn { kind, address: self.address.load(Ordering::Relaxed), place })
    }
}

impl Drop for WaitNoteBefore<'_> {
    fn drop(&mut self) {
        self.note.write(self.kind, self.address, self.place);
    }
}
