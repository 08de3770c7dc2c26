//! What a task waits for: written down by the task before it sleeps, for whoever asks why something
//! hangs.
//!
//! A few plain stores on a path that is about to sleep. A serial number that is odd during a change
//! makes a snapshot one of one wait: [`WaitNote::snapshot`] looks at it before and after. The
//! number also names the wait, so that each is told once.
//!
//! Who ends a wait says so ([`WaitNote::is_over`]) before it lets go of the lock that the waiter
//! takes next: the waiter may still be asleep, but waits for nothing.

use super::CallPlace;
use crate::sync::Ordering;
use crate::sync::record::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize};
use std::panic::Location;
use std::ptr;
use std::sync::atomic::fence;

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
    /// A rwsem. A writer that holds it has its address among its
    /// [held locks](super::TaskStruct::held_locks).
    RwSem,
    /// A ww_mutex. Who holds it has its address among its
    /// [held locks](super::TaskStruct::held_locks).
    WwMutex,
    /// The end of a work: a flush or a cancel. A flush of a [`KthreadWorker`](crate::KthreadWorker)
    /// has its address.
    Work,
    /// A percpu_rwsem. A writer that holds it has its address among its
    /// [held locks](super::TaskStruct::held_locks).
    PercpuRwSem,
    /// A rt_mutex. Who holds it has its address among its
    /// [held locks](super::TaskStruct::held_locks).
    RtMutex,
    /// A spinlock, which is spun for: the task's state is RUNNING. Who holds it is known in a
    /// Kernel with [`debug`](crate::KernelBuilder::debug).
    SpinLock,
    /// A reader-writer spinlock, as [`SpinLock`](Self::SpinLock).
    RwLock,
    /// Some work: an idle worker. It is no wait that somebody should end.
    Idle,
    /// The end of all works of a workqueue: a flush.
    Workqueue,
    /// The readers of RCU: `synchronize_rcu`.
    Rcu,
    /// The readers of a domain of SRCU: `synchronize_srcu`.
    Srcu,
    /// The callbacks that were given to `call_rcu`: `rcu_barrier`.
    RcuBarrier,
}

impl WaitKind {
    /// Whether the task spins: its state is RUNNING, or what it has set before.
    pub(crate) fn spins(self) -> bool {
        matches!(self, Self::SpinLock | Self::RwLock)
    }
}

const KINDS: [WaitKind; 30] = [
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
    WaitKind::Idle,
    WaitKind::Workqueue,
    WaitKind::Rcu,
    WaitKind::Srcu,
    WaitKind::RcuBarrier,
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
    /// The function that waits.
    pub call: &'static str,
    /// Where that was called.
    pub place: &'static Location<'static>,
}

/// A wait that is about to begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wait {
    on: WaitsOn,
    by: i32,
    ends_itself: bool,
    outer: bool,
}

impl Wait {
    pub(crate) fn new(
        kind: WaitKind,
        address: usize,
        call: &'static str,
        place: &'static Location<'static>,
    ) -> Self {
        Self { on: WaitsOn { kind, address, call, place }, by: 0, ends_itself: false, outer: false }
    }

    pub(crate) fn call(&self) -> &'static str {
        self.on.call
    }

    pub(crate) fn place(&self) -> &'static Location<'static> {
        self.on.place
    }

    /// The task with this pid is the one that ends it.
    #[must_use]
    pub(crate) fn by(self, pid: i32) -> Self {
        Self { by: pid, ..self }
    }

    /// If `true`: it has another end, too, as a time limit.
    #[must_use]
    pub(crate) fn ends_itself(self, ends_itself: bool) -> Self {
        Self { ends_itself, ..self }
    }

    /// It says more than the waits inside of it, which leave it as it is.
    #[must_use]
    pub(crate) fn outer(self) -> Self {
        Self { outer: true, ..self }
    }

    /// The same at this address, unless it has one.
    #[must_use]
    pub(crate) fn at(self, address: usize) -> Self {
        let address = if self.on.address == 0 { address } else { self.on.address };
        Self { on: WaitsOn { address, ..self.on }, ..self }
    }
}

/// A wait as it was at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noted {
    pub(crate) on: WaitsOn,
    /// Who is known to end it: a pid, or 0.
    pub(crate) by: i32,
    /// It has another end, too.
    pub(crate) ends_itself: bool,
    /// It has ended, and the task will see that.
    pub(crate) over: bool,
    /// No other wait of the task has this number.
    pub(crate) serial: u32,
}

/// The note itself.
#[derive(Debug, Default)]
pub(crate) struct WaitNote {
    /// Odd during a change.
    serial: AtomicU32,
    kind: AtomicU32,
    by: AtomicI32,
    ends_itself: AtomicBool,
    outer: AtomicBool,
    address: AtomicUsize,
    call: AtomicPtr<u8>,
    call_length: AtomicUsize,
    place: AtomicPtr<Location<'static>>,
    /// The serial of the last wait that is over. Written by who ended it.
    over: AtomicU32,
    /// When the task fell asleep last, in nanoseconds of the clock; 0 if nobody wants to know.
    pub(crate) slept_ns: AtomicU64,
    /// How often the task has said that others may run. The task's own.
    pub(crate) points: AtomicU32,
    /// The list of the wait queue whose wake functions the task calls, with the queue's lock held;
    /// 0 if it calls none. The task's own.
    pub(crate) walks: AtomicUsize,
    /// Where a lock's order or a deadlock was reported last, and the task's scheduling points at that time. The task's
    /// own.
    warned: AtomicUsize,
    warned_points: AtomicU64,
    /// The serial of the last wait whose place in C is known. The task's own.
    pub(crate) looked: AtomicU32,
    /// Where the task waits in C, if a stack had to be looked at for that; of the wait `looked`.
    pub(crate) place_in_c: AtomicUsize,
}

/// The note as it was, to be put back when an inner wait is over.
#[derive(Debug)]
pub(crate) struct WaitNoteBefore<'a> {
    note: &'a WaitNote,
    before: Option<Wait>,
}

impl WaitNote {
    /// Notes a wait until the returned guard goes.
    #[must_use]
    pub(crate) fn set(&self, wait: Wait) -> WaitNoteBefore<'_> {
        let before = self.own();
        match before {
            Some(before) if before.outer => self.goes_on(),
            _ => self.write(Some(wait)),
        }
        WaitNoteBefore { note: self, before }
    }

    /// Notes a wait that another thread begins for the task, until [`clear`](Self::clear).
    pub(crate) fn keep(&self, kind: WaitKind, place: CallPlace) {
        self.write(Some(Wait::new(kind, 0, "kthread_create", place.location())));
        self.place_in_c.store(place.address_in_c(), Ordering::Relaxed);
        self.looked.store(self.serial.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// The wait that was noted by [`keep`](Self::keep) is over.
    pub(crate) fn clear(&self) {
        self.write(None);
    }

    /// True if a wait is noted already: an inner call leaves the outer call's note, which says
    /// more.
    pub(crate) fn is_set(&self) -> bool {
        self.kind.load(Ordering::Relaxed) != 0
    }

    /// The order of locks, or a deadlock, of a call at `place` is reported.
    pub(crate) fn note_warning(&self, place: &'static Location<'static>, points: u64) {
        self.warned.store(ptr::from_ref(place).addr(), Ordering::Relaxed);
        self.warned_points.store(points, Ordering::Relaxed);
    }

    /// Whether one was told of a call at `place` that has not slept since.
    pub(crate) fn was_warned(&self, place: &'static Location<'static>, points: u64) -> bool {
        self.warned.load(Ordering::Relaxed) == ptr::from_ref(place).addr()
            && self.warned_points.load(Ordering::Relaxed) == points
    }

    /// The return address in C of the wait with this serial; 0 if that is not known.
    pub(crate) fn place_of(&self, serial: u32) -> usize {
        match self.looked.load(Ordering::Relaxed) == serial {
            true => self.place_in_c.load(Ordering::Relaxed),
            false => 0,
        }
    }

    /// The task's wait is over, which sleeps or is about to. For who ends it, with the lock held
    /// that the task takes before it goes on.
    pub(crate) fn is_over(&self) {
        // Release: who sees what the caller waits for next sees this.
        self.over.store(self.serial.load(Ordering::Relaxed), Ordering::Release);
    }

    /// The task waits once more, in the same wait, with that lock held.
    pub(crate) fn goes_on(&self) {
        self.over.store(0, Ordering::Relaxed);
    }

    fn write(&self, wait: Option<Wait>) {
        let serial = self.serial.load(Ordering::Relaxed);
        self.serial.store(serial.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        self.kind.store(wait.map_or(0, |wait| wait.on.kind as u32), Ordering::Relaxed);
        if let Some(wait) = wait {
            self.by.store(wait.by, Ordering::Relaxed);
            self.ends_itself.store(wait.ends_itself, Ordering::Relaxed);
            self.outer.store(wait.outer, Ordering::Relaxed);
            self.address.store(wait.on.address, Ordering::Relaxed);
            self.call.store(wait.on.call.as_ptr().cast_mut(), Ordering::Relaxed);
            self.call_length.store(wait.on.call.len(), Ordering::Relaxed);
            self.place.store(ptr::from_ref(wait.on.place).cast_mut(), Ordering::Relaxed);
        }
        self.serial.store(serial.wrapping_add(2), Ordering::Release);
    }

    /// The parts as they are; of one wait, if nobody changes them meanwhile: see the callers.
    fn parts(&self) -> Option<(WaitKind, *const u8, usize, *const Location<'static>)> {
        let kind = self.kind.load(Ordering::Relaxed);
        let kind = KINDS.into_iter().find(|&known| known as u32 == kind)?;
        let call = self.call.load(Ordering::Relaxed).cast_const();
        let length = self.call_length.load(Ordering::Relaxed);
        Some((kind, call, length, self.place.load(Ordering::Relaxed)))
    }

    /// # Safety
    ///
    /// `parts` are of one wait.
    unsafe fn wait_of(&self, parts: (WaitKind, *const u8, usize, *const Location<'static>)) -> Wait {
        let (kind, call, length, place) = parts;
        // SAFETY: of one `&'static str`, and from one `&'static Location`, in `write`.
        let (call, place) =
            unsafe { (std::str::from_utf8_unchecked(std::slice::from_raw_parts(call, length)), &*place) };
        Wait {
            on: WaitsOn { kind, address: self.address.load(Ordering::Relaxed), call, place },
            by: self.by.load(Ordering::Relaxed),
            ends_itself: self.ends_itself.load(Ordering::Relaxed),
            outer: self.outer.load(Ordering::Relaxed),
        }
    }

    /// For the task itself, or who writes for it.
    fn own(&self) -> Option<Wait> {
        // SAFETY: nobody else writes at this time.
        self.parts().map(|parts| unsafe { self.wait_of(parts) })
    }

    /// The wait, as it is at this moment.
    pub(crate) fn snapshot(&self) -> Option<Noted> {
        // A wait that begins anew again and again while this looks is none that hangs.
        for _ in 0..64 {
            let serial = self.serial.load(Ordering::Acquire);
            let parts = self.parts();
            let (address, by) = (self.address.load(Ordering::Relaxed), self.by.load(Ordering::Relaxed));
            let ends_itself = self.ends_itself.load(Ordering::Relaxed);
            fence(Ordering::Acquire);
            if !serial.is_multiple_of(2) || self.serial.load(Ordering::Relaxed) != serial {
                std::hint::spin_loop();
                continue;
            }
            // SAFETY: the serial says that nobody wrote between the first part and the last.
            let on = unsafe { self.wait_of(parts?) }.on;
            let over = self.over.load(Ordering::Acquire) == serial;
            return Some(Noted { on: WaitsOn { address, ..on }, by, ends_itself, over, serial });
        }
        None
    }

    pub(crate) fn read(&self) -> Option<WaitsOn> {
        self.snapshot().map(|noted| noted.on)
    }
}

impl Drop for WaitNoteBefore<'_> {
    fn drop(&mut self) {
        self.note.write(self.before);
    }
}
