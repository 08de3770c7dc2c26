//! What a task waits for. The task notes it before it sleeps, so that a report can say why
//! something hangs.
//!
//! A note costs a few plain stores on a path that is about to sleep. A serial number, odd during a
//! change, makes snapshots consistent: [`WaitNote::snapshot`] reads it before and after. The number
//! also identifies the wait, so that each is reported once.
//!
//! The task that ends a wait calls [`WaitNote::is_over`] before it releases the lock that the
//! waiter takes next: the waiter may still be asleep, but no longer waits for anything.

use super::CallPlace;
use crate::sync::Ordering;
use crate::sync::record::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize};
use std::panic::Location;
use std::ptr;
use std::sync::atomic::fence;

/// What kind of object or event a task waits for.
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
    /// For a thread to park: `kthread_park`.
    Park,
    /// For a thread to sleep: `wait_task_inactive`.
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
    /// For tasks to freeze.
    Freeze,
    /// A bit or a variable: `wait_on_bit`, `wait_var_event`.
    Bit,
    /// The end of a timer's callback: `timer_delete_sync`, `hrtimer_cancel`.
    Timer,
    /// The end of a tasklet or of an irq_work: `tasklet_kill`, `irq_work_sync`.
    Softirq,
    /// A mutex. Its holder has the address among its [held locks](super::TaskStruct::held_locks).
    Mutex,
    /// A semaphore.
    Semaphore,
    /// A rwsem. A writer that holds it has the address among its [held
    /// locks](super::TaskStruct::held_locks).
    RwSem,
    /// A ww_mutex. Its holder has the address among its [held
    /// locks](super::TaskStruct::held_locks).
    WwMutex,
    /// The end of a work item: a flush or a cancel. For a flush of a
    /// [`KthreadWorker`](crate::KthreadWorker) the address is the worker's.
    Work,
    /// A percpu_rwsem. A writer that holds it has the address among its [held
    /// locks](super::TaskStruct::held_locks).
    PercpuRwSem,
    /// A rt_mutex. Its holder has the address among its [held
    /// locks](super::TaskStruct::held_locks).
    RtMutex,
    /// A spinlock, for which the task spins in state RUNNING. The holder is known in a Kernel with
    /// [`debug`](crate::KernelBuilder::debug).
    SpinLock,
    /// A reader-writer spinlock, as [`SpinLock`](Self::SpinLock).
    RwLock,
    /// Something to do: an idle worker or daemon. Nobody is expected to end this wait.
    Idle,
    /// The end of all work items of a workqueue: a flush.
    Workqueue,
    /// The readers of RCU: `synchronize_rcu`.
    Rcu,
    /// The readers of an SRCU domain: `synchronize_srcu`.
    Srcu,
    /// The pending callbacks of `call_rcu`: `rcu_barrier`.
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
    /// What kind of object or event.
    pub kind: WaitKind,
    /// The address of the object (a completion, a lock), or 0; for [`WaitKind::Stop`] and its like
    /// see [`waits_for_task`](super::TaskStruct::waits_for_task).
    pub address: usize,
    /// The call that waits.
    pub call: &'static str,
    /// The place of that call.
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

    /// The task with this pid should end it.
    #[must_use]
    pub(crate) fn by(self, pid: i32) -> Self {
        Self { by: pid, ..self }
    }

    /// If `true`, something else may end it too, such as a timeout.
    #[must_use]
    pub(crate) fn ends_itself(self, ends_itself: bool) -> Self {
        Self { ends_itself, ..self }
    }

    /// Waits inside of it do not replace its note, which says more.
    #[must_use]
    pub(crate) fn outer(self) -> Self {
        Self { outer: true, ..self }
    }

    /// Sets the address, unless it has one.
    #[must_use]
    pub(crate) fn at(self, address: usize) -> Self {
        let address = if self.on.address == 0 { address } else { self.on.address };
        Self { on: WaitsOn { address, ..self.on }, ..self }
    }
}

/// A snapshot of a wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noted {
    pub(crate) on: WaitsOn,
    /// The pid of the task that should end it, or 0.
    pub(crate) by: i32,
    /// Something else may end it too.
    pub(crate) ends_itself: bool,
    /// It has ended, and the task will notice.
    pub(crate) over: bool,
    /// Identifies the wait among the task's waits.
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
    call_length: AtomicU32,
    place: AtomicPtr<Location<'static>>,
    /// The serial of the last wait that ended. The task that ended it writes it.
    over: AtomicU32,
    /// When the task last fell asleep, in nanoseconds of the clock; 0 if that is not recorded.
    pub(crate) slept_ns: AtomicU64,
    /// How often the task has yielded (`cond_resched` and its like). Only the task uses it.
    pub(crate) points: AtomicU32,
    /// The list of the wait queue whose wake functions the task calls, with the queue's lock held;
    /// 0 if it calls none. Only the task uses it.
    pub(crate) walks: AtomicUsize,
    /// The place of the last warning about a lock order or a deadlock, and the task's scheduling
    /// points at that time. Only the task uses them.
    warned: AtomicUsize,
    warned_points: AtomicU32,
    /// The serial of the last wait whose place in C is known. Only the task writes it.
    pub(crate) looked: AtomicU32,
    /// The place in C of the wait `looked`, if it was read from the stack.
    pub(crate) place_in_c: AtomicUsize,
}

/// Restores the note of the outer wait when it is dropped.
#[derive(Debug)]
pub(crate) struct WaitNoteBefore<'a> {
    note: &'a WaitNote,
    before: Option<Wait>,
}

impl WaitNote {
    /// Notes a wait until the returned guard is dropped.
    #[must_use]
    pub(crate) fn set(&self, wait: Wait) -> WaitNoteBefore<'_> {
        let before = self.own();
        match before {
            Some(before) if before.outer => self.goes_on(),
            _ => self.write(Some(wait)),
        }
        WaitNoteBefore { note: self, before }
    }

    /// Notes a wait on behalf of the task, until [`clear`](Self::clear).
    pub(crate) fn keep(&self, kind: WaitKind, place: CallPlace) {
        self.write(Some(Wait::new(kind, 0, "kthread_create", place.location())));
        self.place_in_c.store(place.address_in_c(), Ordering::Relaxed);
        self.looked.store(self.serial.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// The wait that [`keep`](Self::keep) noted has ended.
    pub(crate) fn clear(&self) {
        self.write(None);
    }

    /// True if a wait is noted already. An inner call leaves the outer call's note, which says
    /// more.
    pub(crate) fn is_set(&self) -> bool {
        self.kind.load(Ordering::Relaxed) != 0
    }

    /// Notes that a warning about a call at `place` is reported.
    pub(crate) fn note_warning(&self, place: &'static Location<'static>, points: u64) {
        self.warned.store(ptr::from_ref(place).addr(), Ordering::Relaxed);
        self.warned_points.store(points as u32, Ordering::Relaxed);
    }

    /// True if a warning about this call at `place` was reported and the task has not slept since.
    pub(crate) fn was_warned(&self, place: &'static Location<'static>, points: u64) -> bool {
        self.warned.load(Ordering::Relaxed) == ptr::from_ref(place).addr()
            && self.warned_points.load(Ordering::Relaxed) == points as u32
    }

    /// The return address into C of the wait with this serial; 0 if unknown.
    pub(crate) fn place_of(&self, serial: u32) -> usize {
        match self.looked.load(Ordering::Relaxed) == serial {
            true => self.place_in_c.load(Ordering::Relaxed),
            false => 0,
        }
    }

    /// The task, which sleeps or is about to, no longer waits. The task that ends the wait calls
    /// this, with the lock held that the waiter takes before it continues.
    pub(crate) fn is_over(&self) {
        // Release: a reader that sees the caller's next wait sees this.
        self.over.store(self.serial.load(Ordering::Relaxed), Ordering::Release);
    }

    /// The task continues the same wait, with that lock held.
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
            self.call_length.store(wait.on.call.len() as u32, Ordering::Relaxed);
            self.place.store(ptr::from_ref(wait.on.place).cast_mut(), Ordering::Relaxed);
        }
        self.serial.store(serial.wrapping_add(2), Ordering::Release);
    }

    /// Reads the fields. They belong to one wait if no task changes them meanwhile; the caller
    /// ensures that.
    fn parts(&self) -> Option<(WaitKind, *const u8, usize, *const Location<'static>)> {
        let kind = self.kind.load(Ordering::Relaxed);
        let kind = KINDS.into_iter().find(|&known| known as u32 == kind)?;
        let call = self.call.load(Ordering::Relaxed).cast_const();
        let length = self.call_length.load(Ordering::Relaxed) as usize;
        Some((kind, call, length, self.place.load(Ordering::Relaxed)))
    }

    /// # Safety
    ///
    /// `parts` belong to one wait.
    unsafe fn wait_of(&self, parts: (WaitKind, *const u8, usize, *const Location<'static>)) -> Wait {
        let (kind, call, length, place) = parts;
        // SAFETY: by the contract, `call` and `length` are of one `&'static str`, and `place` of
        // one `&'static Location`, both from `write`.
        let (call, place) =
            unsafe { (std::str::from_utf8_unchecked(std::slice::from_raw_parts(call, length)), &*place) };
        Wait {
            on: WaitsOn { kind, address: self.address.load(Ordering::Relaxed), call, place },
            by: self.by.load(Ordering::Relaxed),
            ends_itself: self.ends_itself.load(Ordering::Relaxed),
            outer: self.outer.load(Ordering::Relaxed),
        }
    }

    /// For the task itself, or for the creator that writes on its behalf.
    fn own(&self) -> Option<Wait> {
        // SAFETY: only the caller writes at this time, so the parts belong to one wait.
        self.parts().map(|parts| unsafe { self.wait_of(parts) })
    }

    /// A consistent snapshot of the wait.
    pub(crate) fn snapshot(&self) -> Option<Noted> {
        // If the note changes at every attempt, the task does not hang.
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
            // SAFETY: the serial shows that nobody wrote between the first field and the last.
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
