//! Objects that nobody has initialised: what C uses of zeroed memory is told, with its name and the
//! call.
//!
//! What the runtime's types need is valid when zeroed, so the call then does what it does with a
//! fresh object (and what has no function does nothing). But a kernel crashes there, or hangs. C's
//! initialisers leave something that zeroed memory has not: a list that leads to itself, a
//! function, a base. Spinlocks, rwlocks and percpu_rwsems have no such field: their one word is 0
//! when they are open, in any kernel whose locks are not debugged.
//!
//! One look at a word that the call reads anyway; so it is always done. What the runtime has made
//! itself may have null lists, and is used by its own functions only, which do not look.

use super::{In, is_err_or_null, text};
use kthread_rt::diag::{self, WarningKind};
use kthread_rt::prelude::*;
use kthread_rt::{
    Completion, DelayedWorkStruct, Hrtimer, KthreadDelayedWork, KthreadWork, KthreadWorker, RawMutex,
    RawRtMutex, RawRwSemaphore, Semaphore, TimerList, WwMutex,
};
use std::collections::BTreeSet;
use std::ffi::{c_char, c_void};
use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What is told already, by address: once is enough. And what is not to be told, see [`given`].
static TOLD: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// An object that C makes.
pub(super) trait MadeByC {
    /// What it is, and what initialises it.
    const WHAT: &'static str;
    /// Where it has a word that is not 0 once it is initialised.
    const WORD: usize;
}

macro_rules! made_by_c {
    ($($type:ty: $word:literal, $what:literal;)*) => { $(
        impl MadeByC for $type {
            const WHAT: &'static str = $what;
            const WORD: usize = $word;
        }
    )* };
}

// The offsets are of the structures in the headers.
made_by_c! {
    RawMutex: 16, "a mutex, before mutex_init()";
    WwMutex: 16, "a ww_mutex, before ww_mutex_init()";
    Semaphore: 16, "a semaphore, before sema_init()";
    RawRwSemaphore: 24, "an rwsem, before init_rwsem()";
    RawRtMutex: 0, "a rt_mutex, before rt_mutex_init()";
    Completion: 16, "a completion, before init_completion()";
    WaitQueueHead: 8, "a wait queue, before init_waitqueue_head()";
    SwaitQueueHead: 8, "a swait queue, before init_swait_queue_head()";
    WorkStruct: 16, "a work, before INIT_WORK()";
    DelayedWorkStruct: 16, "a delayed work, before INIT_DELAYED_WORK()";
    KthreadWork: 16, "a kthread_work, before kthread_init_work()";
    KthreadDelayedWork: 16, "a delayed kthread_work, before kthread_init_delayed_work()";
}

/// True if the object is initialised. If not, that is told of the call.
#[inline]
#[track_caller]
pub(super) fn is_initialised<T: MadeByC>(object: &T, call: &str) -> bool {
    const { assert!(T::WORD + 8 <= size_of::<T>() && T::WORD.is_multiple_of(8)) };
    // SAFETY: within the object, which is plain memory. Others may write the word, as one.
    let word =
        unsafe { AtomicUsize::from_ptr(ptr::from_ref(object).cast_mut().cast::<usize>().byte_add(T::WORD)) };
    let is = word.load(Ordering::Relaxed) != 0;
    if !is {
        tell(ptr::from_ref(object).addr(), T::WHAT, call, Location::caller());
    }
    is
}

/// The same of a worker: one that has a thread was made by the runtime.
#[inline]
#[track_caller]
pub(super) fn worker_is_initialised(worker: &KthreadWorker, call: &str) -> bool {
    /// Of the structure in the header: the list, the task, and the runtime's own word.
    const WORDS: [usize; 3] = [8, 40, 56];
    // SAFETY: as in `is_initialised`.
    let word =
        |at| unsafe { AtomicUsize::from_ptr(ptr::from_ref(worker).cast_mut().cast::<usize>().byte_add(at)) };
    let is = WORDS.into_iter().any(|at| word(at).load(Ordering::Relaxed) != 0);
    if !is {
        let what = "a kthread_worker, before kthread_init_worker()";
        tell(ptr::from_ref(worker).addr(), what, call, Location::caller());
    }
    is
}

/// The same of a timer, which has no function either when it is shut down.
#[inline]
#[track_caller]
pub(super) fn timer_is_set_up(timer: &TimerList, call: &str) -> bool {
    let is = timer.is_set_up();
    if !is {
        tell(ptr::from_ref(timer).addr(), "a timer, before timer_setup()", call, Location::caller());
    }
    is
}

/// The same of an hrtimer: its `base`, which is behind what the runtime has of it.
#[inline]
#[track_caller]
pub(super) fn hrtimer_is_initialised(timer: &In<Hrtimer>, call: &str) -> bool {
    // SAFETY: the C contract, of the header's structure. Nobody writes it but who initialises the
    // timer.
    let is = is_err_or_null(timer.0) || unsafe { *timer.0.add(1).cast::<usize>() } != 0;
    if !is {
        tell(timer.0.addr(), "an hrtimer, before hrtimer_init()", call, Location::caller());
    }
    is
}

/// An object of the runtime's own, which C is given: it is valid, though it is zeros.
pub(super) fn given<T>(object: &'static T) -> &'static T {
    TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(ptr::from_ref(object).addr());
    object
}

#[cold]
fn tell(address: usize, what: &str, call: &str, place: &'static Location<'static>) {
    if TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(address) {
        let message = format!("used uninitialised, {what}: its memory is zeros at {address:#x}");
        diag::warn(WarningKind::Uninitialised, call, place, &message);
    }
}

/// Warns that `call` was given an object at `address` that is not initialised, or not any more:
/// `what` says so. For what the C part has.
///
/// # Safety
///
/// The strings are C strings.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_not_initialised(
    address: *const c_void,
    what: *const c_char,
    call: *const c_char,
) {
    if TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(address.addr()) {
        // SAFETY: the contract.
        let (what, call) = unsafe { (text(what), text(call)) };
        diag::warn(
            WarningKind::Uninitialised,
            &call,
            Location::caller(),
            &format!("used uninitialised, {what}"),
        );
    }
}
