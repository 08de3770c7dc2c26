//! `call_rcu`: work for after a grace period, without waiting for it.
//!
//! A Kernel keeps its callbacks in a list, in the order in which they came. One server at a time
//! takes all that are there, waits for the readers, and calls them one after the other, again and
//! again. So a callback is called after all that were there before it, which is what
//! [`rcu_barrier`] relies on: it waits for one of its own.
//!
//! The server is a job on a workqueue, which serves until it finds the list empty, but may be
//! refused; or the task of a barrier, which serves until its own callback is over: what comes after
//! that may never end. If somebody serves already, a barrier waits until its callback is over, or
//! until nobody serves: then it is its turn. So it relies on no job.
//!
//! # Safety
//!
//! An [`RcuHead`] is its owner's memory. From `call_rcu` on it is on the list, whose lock guards
//! its link, until its callback is called; then it is its owner's again.

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

/// What [`call_rcu`] calls.
pub type RcuCallback = unsafe extern "C-unwind" fn(*mut RcuHead);

/// `struct rcu_head`: plain memory that its owner's structure embeds; what is in it matters only
/// while it is queued.
#[derive(Debug)]
#[repr(C)]
pub struct RcuHead {
    next: *mut RcuHead,
    func: Option<RcuCallback>,
}

impl RcuHead {
    /// One that is not queued.
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

/// A function that may be called until somebody has waited for all callbacks: a callback that has
/// run may not have returned.
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
    /// Where barriers wait for the end of their callbacks, or of who serves.
    barriers: WaitQueueHead,
}

struct List {
    first: *mut RcuHead,
    last: *mut RcuHead,
    /// How many barriers are in the list, or among what is served: each serves, or waits for its
    /// turn to.
    barriers: u32,
    /// A job has been queued that will come for what is in the list.
    asked: bool,
    /// Somebody serves. Who goes while something is in the list wakes the barriers, or has a job
    /// asked for if there is none.
    served: bool,
}

// SAFETY: the heads are of whoever has the list; the callbacks may be called anywhere, by
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

    /// True if somebody has to [ask for a job](ask_for_a_job): the caller.
    fn wants_a_job(&mut self) -> bool {
        !self.first.is_null()
            && !self.served
            && self.barriers == 0
            && !std::mem::replace(&mut self.asked, true)
    }

    /// All of it; who finds nothing has served it.
    fn take(&mut self) -> *mut RcuHead {
        let first = std::mem::replace(&mut self.first, ptr::null_mut());
        self.last = ptr::null_mut();
        self.served = !first.is_null();
        first
    }
}

/// Calls `func` with `head` once all sections of [`rcu_read_lock`](crate::rcu_read_lock) that have
/// begun are over: `call_rcu`. Never sleeps. `func` runs on a worker of the calling task's Kernel,
/// or in an [`rcu_barrier`], in a section in which it must not sleep, as a softirq's work.
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
/// // SAFETY: the entry is nobody else's, and stays where it is until it is freed.
/// unsafe { call_rcu(entry.cast(), free) };
/// rcu_barrier();
/// ```
///
/// # Safety
///
/// `head` is valid and queued nowhere, and stays so until it is called; `func` may be called with
/// it on any task.
#[track_caller]
pub unsafe fn call_rcu(head: *mut RcuHead, func: RcuCallback) {
    sync::refuse_in_forked_child();
    let place = Location::caller();
    let (kernel_state, made) = with_current(|me| note_call(me, func, "call_rcu", place));
    // SAFETY: by the contract.
    unsafe { add(&kernel_state, head, func, made, place) };
}

/// [`get_state_synchronize_rcu`] that begins the grace period, if none does:
/// `start_poll_synchronize_rcu`. Never sleeps.
#[track_caller]
pub fn start_poll_synchronize_rcu() -> u64 {
    let cookie = get_state_synchronize_rcu();
    // SAFETY: on the heap, until it is called.
    unsafe { call_rcu(Box::into_raw(Box::new(RcuHead::new())), free_head) };
    cookie
}

/// A callback that is there for its grace period alone.
pub(crate) unsafe extern "C-unwind" fn free_head(head: *mut RcuHead) {
    // SAFETY: from a box, by whoever queued it with this.
    drop(unsafe { Box::from_raw(head) });
}

/// [`call_rcu`] by a header: the function is not the caller's to wait for.
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

/// Notes a callback. The caller's Kernel, and what is to be noted of the head.
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

/// Has a job come and serve. For who has found that the list [wants one](List::wants_a_job).
fn ask_for_a_job(kernel_state: &Arc<KernelState>, place: &'static Location<'static>) {
    let job = {
        let kernel_state = kernel_state.clone();
        move || {
            kernel_state.subsystem::<Callbacks>().list.lock().asked = false;
            serve(&kernel_state, || false);
        }
    };
    if system_unbound_wq().spawn_for(job, "call_rcu", place).is_err() {
        // By a Kernel that is shutting down: nobody will look at what the callbacks would have
        // freed, but a barrier. Or by a queue that is being drained: the next call asks again.
        kernel_state.subsystem::<Callbacks>().list.lock().asked = false;
    }
}

/// Serves until the list is empty, or that is `enough`; unless somebody does.
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

/// In a section that stands for a softirq's. A callback that panics ends itself, and is told.
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

/// Waits until all callbacks of the calling task's Kernel that were given to [`call_rcu`] are over:
/// `rcu_barrier`. Sleeps. In a section of [`rcu_read_lock`](crate::rcu_read_lock) it warns, and
/// does not wait.
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
        // SAFETY: the barrier waits until it is over, and is not touched after that; whoever calls
        // this has the Kernel's callbacks.
        let callbacks = unsafe { &*(*barrier).callbacks };
        callbacks.list.lock().barriers -= 1;
        // SAFETY: as above. Release: who sees it sees what the callbacks before it did.
        unsafe { (*barrier).over.store(1, Ordering::Release) };
        wake_up_all(&callbacks.barriers);
    }

    sync::refuse_in_forked_child();
    let place = Location::caller();
    if rcu_read_lock_held() {
        let message = "called in a section of rcu_read_lock(), which it would wait for";
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
        // SAFETY: it stays here until it has been called.
        unsafe { list.append(barrier.cast(), reached) };
        list.barriers += 1;
    }
    // SAFETY: it is this frame's; others touch its other parts only.
    let is_over = || unsafe { (*barrier).over.load(Ordering::Acquire) } != 0;
    let me = current();
    let _noted = me.wait_note().set(Wait::new(WaitKind::RcuBarrier, 0, "rcu_barrier", place).outer());
    while !is_over() {
        serve(&kernel_state, is_over);
        crate::wait_event!(&callbacks.barriers, is_over() || !callbacks.list.lock().served);
    }
    debug_objects::end_before(&RCU_FUNCTION, before);
}
