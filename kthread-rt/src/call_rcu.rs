//! `call_rcu` of `linux/rcupdate.h`: callbacks that run after a grace period, without a wait by the
//! caller.
//!
//! A Kernel keeps its callbacks in a list, in the order of the calls. One server at a time takes
//! the whole list, waits for the readers, calls the callbacks one after another, and repeats. So a
//! callback runs after all that were queued before it. [`rcu_barrier`] relies on this: it waits for
//! a callback of its own.
//!
//! The server is a job on a workqueue, or the task of a barrier. A job serves until it finds the
//! list empty, but may be refused. A barrier serves until its own callback is over, since what is
//! queued after that may never end. While another task serves, a barrier waits until its callback
//! is over or until no task serves; then it serves itself. So a barrier depends on no job.
//!
//! # Safety
//!
//! An [`RcuHead`] is its owner's memory. From `call_rcu` until its callback is called it is on the
//! list, whose lock guards its link; then it belongs to its owner again.

use crate::debug_objects::{self, Made, ObjectKind, WhenLeft};
use crate::diag::{WarningKind, contain_told};
use crate::lockdep::{Callback, Outside};
use crate::rcu::{get_state_synchronize_rcu, rcu_read_lock_held, synchronize_rcu};
use crate::sched::{SOFTIRQ_OFFSET, current, leave_stray_section, might_sleep_in_all, with_current};
use crate::sync::{self, Arc, AtomicU32, Mutex, Ordering};
use crate::task::{KernelState, Subsystem, SubsystemId, TaskStruct, Wait, WaitKind};
use crate::wait::{WaitQueueHead, wake_up_all};
use crate::workqueue::system_unbound_wq;
use std::panic::Location;
use std::ptr;

/// The function that [`call_rcu`] calls.
pub type RcuCallback = unsafe extern "C-unwind" fn(*mut RcuHead);

/// `struct rcu_head`: plain memory that its owner's structure embeds. Its contents matter only
/// while it is queued.
#[derive(Debug)]
#[repr(C)]
pub struct RcuHead {
    next: *mut RcuHead,
    func: Option<RcuCallback>,
}

impl RcuHead {
    /// A head that is not queued.
    pub const fn new() -> Self {
        Self { next: ptr::null_mut(), func: None }
    }
}

impl Default for RcuHead {
    fn default() -> Self {
        Self::new()
    }
}

/// A head that waits for its callback.
static RCU_HEAD: ObjectKind = ObjectKind {
    name: "rcu_head",
    state: "queued",
    undo: "rcu_barrier()",
    left: WhenLeft::Never,
    is_active: None,
    take_off: None,
};

/// A function that may still be called, or may not have returned: so until a task has waited for
/// all callbacks.
static RCU_FUNCTION: ObjectKind = ObjectKind {
    name: "rcu callback",
    state: "not waited for",
    undo: "rcu_barrier()",
    left: WhenLeft::ToldOfModules,
    is_active: None,
    take_off: None,
};

/// The callbacks of one Kernel.
struct Callbacks {
    list: Mutex<List>,
    /// Barriers wait here for their callbacks to end, or for the server to stop.
    barriers: WaitQueueHead,
}

struct List {
    first: *mut RcuHead,
    last: *mut RcuHead,
    /// The number of barriers in the list, or among the callbacks being served. Each serves, or
    /// waits for its turn to serve.
    barriers: u32,
    /// A job has been queued that will serve the list.
    asked: bool,
    /// A task serves. If it stops while the list is not empty, it wakes the barriers, or asks for a
    /// job if there are none.
    served: bool,
}

// SAFETY: the heads belong to the owner of the list; the callbacks may be called on any task, by
// `call_rcu`'s contract.
unsafe impl Send for List {}

impl Subsystem for Callbacks {
    const ID: SubsystemId = SubsystemId::CallRcu;

    fn new() -> Self {
        let (first, last) = (ptr::null_mut(), ptr::null_mut());
        Self {
            list: Mutex::new(List { first, last, barriers: 0, asked: false, served: false }),
            barriers: WaitQueueHead::new(),
        }
    }
}

impl List {
    /// # Safety
    ///
    /// `head` is valid, and on no list.
    unsafe fn append(&mut self, head: *mut RcuHead, func: RcuCallback) {
        // SAFETY: by the contract.
        unsafe { head.write(RcuHead { next: ptr::null_mut(), func: Some(func) }) };
        match self.last.is_null() {
            true => self.first = head,
            // SAFETY: what is on the list is valid.
            false => unsafe { (*self.last).next = head },
        }
        self.last = head;
    }

    /// Returns true if the caller has to [ask for a job](ask_for_a_job).
    fn wants_a_job(&mut self) -> bool {
        !self.first.is_null()
            && !self.served
            && self.barriers == 0
            && !std::mem::replace(&mut self.asked, true)
    }

    /// Takes the whole list. If it is empty, the caller no longer serves.
    fn take(&mut self) -> *mut RcuHead {
        let first = std::mem::replace(&mut self.first, ptr::null_mut());
        self.last = ptr::null_mut();
        self.served = !first.is_null();
        first
    }
}

/// Calls `func` with `head` after a grace period, once all [`rcu_read_lock`](crate::rcu_read_lock)
/// sections that have begun are over: `call_rcu`. Never sleeps. `func` runs on a worker of the
/// calling task's Kernel, or in an [`rcu_barrier`], in softirq context: it must not sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// #[repr(C)]
/// struct Entry {
///     head: RcuHead,
///     value: u32,
/// }
///
/// unsafe extern "C-unwind" fn free(head: *mut RcuHead) {
///     // SAFETY: the first field of an entry that was boxed below.
///     drop(unsafe { Box::from_raw(head.cast::<Entry>()) });
/// }
///
/// let entry = Box::into_raw(Box::new(Entry { head: RcuHead::new(), value: 7 }));
/// // SAFETY: only this code has the entry, and it stays in place until it is freed.
/// unsafe { call_rcu(entry.cast(), free) };
/// rcu_barrier();
/// ```
///
/// # Safety
///
/// `head` is valid and not queued, and stays valid and unused until `func` is called with it, which
/// may happen on any task.
#[track_caller]
pub unsafe fn call_rcu(head: *mut RcuHead, func: RcuCallback) {
    sync::refuse_in_forked_child();
    let place = Location::caller();
    let (kernel_state, made) = with_current(|me| note_call(me, func, "call_rcu", place));
    // SAFETY: by the contract.
    unsafe { add(&kernel_state, head, func, made, place) };
}

/// [`get_state_synchronize_rcu`] that also starts the grace period, if none is going to start:
/// `start_poll_synchronize_rcu`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let cookie = start_poll_synchronize_rcu();
/// cond_synchronize_rcu(cookie); // waits, unless the grace period has ended
/// assert!(poll_state_synchronize_rcu(cookie));
/// ```
#[track_caller]
pub fn start_poll_synchronize_rcu() -> u64 {
    let cookie = get_state_synchronize_rcu();
    // SAFETY: the head is on the heap until its callback frees it.
    unsafe { call_rcu(Box::into_raw(Box::new(RcuHead::new())), free_head) };
    cookie
}

/// A callback that only needs its grace period to pass.
pub(crate) unsafe extern "C-unwind" fn free_head(head: *mut RcuHead) {
    // SAFETY: the head comes from a box: the call that queued it with this function made it so.
    drop(unsafe { Box::from_raw(head) });
}

/// [`call_rcu`] for a header's own callback, which a module need not wait for.
///
/// # Safety
///
/// The same.
#[doc(hidden)]
#[track_caller]
pub unsafe fn __call_rcu_in_kernel(head: *mut RcuHead, func: RcuCallback) {
    let kernel_state = with_current(|me| me.kernel_state().clone());
    // SAFETY: by the contract.
    unsafe { add(&kernel_state, head, func, None, Location::caller()) };
}

/// Puts a callback on the list.
///
/// # Safety
///
/// As [`call_rcu`].
unsafe fn add(
    kernel_state: &Arc<KernelState>,
    head: *mut RcuHead,
    func: RcuCallback,
    made: Option<Made>,
    place: &'static Location<'static>,
) {
    let mut list = kernel_state.subsystem::<Callbacks>().list.lock();
    // SAFETY: by the contract.
    unsafe { list.append(head, func) };
    debug_objects::begin(&RCU_HEAD, head.addr(), func as *const () as usize, made);
    let must_ask = list.wants_a_job();
    drop(list);
    if must_ask {
        ask_for_a_job(kernel_state, place);
    }
}

/// Records a callback for reports. Returns the caller's Kernel, and the record for the head.
fn note_call(
    me: &TaskStruct,
    func: RcuCallback,
    call: &str,
    place: &'static Location<'static>,
) -> (Arc<KernelState>, Option<Made>) {
    let made = debug_objects::made(me, call, place);
    let function = func as *const () as usize;
    debug_objects::begin(&RCU_FUNCTION, function, function, made.clone());
    (me.kernel_state().clone(), made)
}

/// Queues a job that serves. For a caller that has found that the list [wants
/// one](List::wants_a_job).
fn ask_for_a_job(kernel_state: &Arc<KernelState>, place: &'static Location<'static>) {
    let job = {
        let kernel_state = kernel_state.clone();
        move || {
            kernel_state.subsystem::<Callbacks>().list.lock().asked = false;
            serve(&kernel_state, || false);
        }
    };
    if system_unbound_wq().spawn_for(job, "call_rcu", place).is_err() {
        // A Kernel that is shutting down has refused: only a barrier still waits for the callbacks,
        // and it serves itself. Or a queue that is being drained: the next call asks again.
        kernel_state.subsystem::<Callbacks>().list.lock().asked = false;
    }
}

/// Serves until the list is empty or `enough` returns true. Does nothing if another task serves.
#[track_caller]
fn serve(kernel_state: &Arc<KernelState>, enough: impl Fn() -> bool) {
    let callbacks = kernel_state.subsystem::<Callbacks>();
    if std::mem::replace(&mut callbacks.list.lock().served, true) {
        return;
    }
    loop {
        let mut list = callbacks.list.lock();
        if enough() {
            list.served = false;
            let must_ask = list.wants_a_job();
            drop(list);
            if must_ask {
                ask_for_a_job(kernel_state, Location::caller());
            }
            wake_up_all(&callbacks.barriers);
            return;
        }
        let mut head = list.take();
        drop(list);
        if head.is_null() {
            return;
        }
        synchronize_rcu();
        while !head.is_null() {
            // SAFETY: taken off the list; read before the callback, which may free it.
            let (next, func) = unsafe { ((*head).next, (*head).func.take()) };
            debug_objects::end(&RCU_HEAD, head.addr());
            call(func.map_or(0, |func| func as usize), || {
                if let Some(func) = func {
                    // SAFETY: by the contract of `call_rcu`.
                    unsafe { func(head) }
                }
            });
            head = next;
        }
    }
}

/// Calls a callback in a section that stands for a softirq's. A panic ends the callback and is
/// reported.
pub(crate) fn call(function: usize, callback: impl FnOnce()) {
    with_current(|me| {
        let before = Outside::of(me);
        me.preempt_count().fetch_add(SOFTIRQ_OFFSET, Ordering::Relaxed);
        let called = Outside::of(me);
        contain_told(me, "call_rcu", "a callback", callback);
        leave_stray_section(me, "call_rcu");
        let callback = Callback { call: "call_rcu", function, kind: WarningKind::LockMisuse };
        called.judge(me, callback, |left, locks| {
            format!("a callback left preempt_count {left:#x} and {locks} lock(s) held")
        });
        before.restore_count(me);
    });
}

/// Waits until all callbacks that were given to [`call_rcu`] in the calling task's Kernel are over:
/// `rcu_barrier`. Sleeps. In an [`rcu_read_lock`](crate::rcu_read_lock) section it warns and does
/// not wait.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// // Before a module's functions go away, its callbacks have run.
/// rcu_barrier();
/// ```
#[track_caller]
pub fn rcu_barrier() {
    #[repr(C)]
    struct Barrier {
        // First, so that a pointer to it is a pointer to the barrier.
        head: RcuHead,
        callbacks: *const Callbacks,
        over: AtomicU32,
    }

    unsafe extern "C-unwind" fn reached(head: *mut RcuHead) {
        let barrier = head.cast::<Barrier>();
        // SAFETY: `rcu_barrier` waits until the barrier is over, and does not touch it after that;
        // the task that calls this holds the Kernel, which has the callbacks.
        let callbacks = unsafe { &*(*barrier).callbacks };
        callbacks.list.lock().barriers -= 1;
        // SAFETY: as above. Release: the waiter that sees it sees what the callbacks before it did.
        unsafe { (*barrier).over.store(1, Ordering::Release) };
        wake_up_all(&callbacks.barriers);
    }

    sync::refuse_in_forked_child();
    let place = Location::caller();
    if rcu_read_lock_held() {
        let message = "called in a section of rcu_read_lock(), which it would wait for: it does not wait";
        return with_current(|me| me.warn(WarningKind::Deadlock, "rcu_barrier", place, message));
    }
    let place = Location::caller();
    let _whole = with_current(|me| might_sleep_in_all(me, "rcu_barrier", place));
    let kernel_state = with_current(|me| me.kernel_state().clone());
    let before = debug_objects::count();
    let callbacks = kernel_state.subsystem::<Callbacks>();
    let mut barrier = Barrier { head: RcuHead::new(), callbacks, over: AtomicU32::new(0) };
    let barrier = &raw mut barrier;
    {
        let mut list = callbacks.list.lock();
        // SAFETY: the barrier stays in this frame until it has been called.
        unsafe { list.append(barrier.cast(), reached) };
        list.barriers += 1;
    }
    // SAFETY: the barrier is in this frame; other tasks touch its other fields only.
    let is_over = || unsafe { (*barrier).over.load(Ordering::Acquire) } != 0;
    let me = current();
    let _noted = me.wait_note().set(Wait::new(WaitKind::RcuBarrier, 0, "rcu_barrier", place).outer());
    while !is_over() {
        serve(&kernel_state, is_over);
        crate::wait_event!(&callbacks.barriers, is_over() || !callbacks.list.lock().served);
    }
    debug_objects::end_before(&RCU_FUNCTION, before);
}
