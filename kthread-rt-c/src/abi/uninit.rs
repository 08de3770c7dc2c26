//! Reports the use of objects that are not initialised: zeroed memory, with the object's name and
//! the call.
//!
//! The runtime's types are valid when zeroed, so the call treats such an object as a fresh one (and
//! one without a function does nothing). But a kernel would crash there, or hang. C's initialisers
//! set a field that is 0 in zeroed memory: a list that points to itself, a function, a base.
//! Spinlocks, rwlocks and percpu_rwsems have no such field: unlocked, their one word is 0 in any
//! kernel without lock debugging.
//!
//! The check reads one word that the call reads anyway, so it is always on. Objects that the
//! runtime itself makes may have null lists; only its own functions, which do not check, use them.

use super::{In, is_err_or_null, text};
use kthread_rt::debug_objects;
use kthread_rt::diag::{self, WarningKind};
use kthread_rt::prelude::*;
use kthread_rt::{
    Completion, DelayedWorkStruct, Hrtimer, KthreadDelayedWork, KthreadWork, KthreadWorker, RawMutex,
    RawRtMutex, RawRwSemaphore, Semaphore, TimerList, WwMutex,
};
use std::collections::BTreeSet;
use std::ffi::{c_char, c_ulong, c_void};
use std::mem::MaybeUninit;
use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The addresses that were reported already, and those that must not be reported, see [`given`].
static TOLD: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// A type of objects that C code initialises.
pub(super) trait MadeByC {
    /// What the object is, with an article.
    const WHAT: &'static str;
    /// The function that initialises it.
    const INIT: &'static str;
    /// The offset of a word that is not 0 in an initialised object.
    const WORD: usize;
}

macro_rules! made_by_c {
    ($($type:ty: $word:literal, $what:literal, $init:literal;)*) => { $(
        impl MadeByC for $type {
            const WHAT: &'static str = $what;
            const INIT: &'static str = $init;
            const WORD: usize = $word;
        }
    )* };
}

// The offsets are those of the headers' structures.
made_by_c! {
    RawMutex: 16, "a mutex", "mutex_init()";
    WwMutex: 16, "a ww_mutex", "ww_mutex_init()";
    Semaphore: 16, "a semaphore", "sema_init()";
    RawRwSemaphore: 24, "an rwsem", "init_rwsem()";
    RawRtMutex: 0, "a rt_mutex", "rt_mutex_init()";
    Completion: 16, "a completion", "init_completion()";
    WaitQueueHead: 8, "a wait queue", "init_waitqueue_head()";
    SwaitQueueHead: 8, "a swait queue", "init_swait_queue_head()";
    WorkStruct: 16, "a work item", "INIT_WORK()";
    DelayedWorkStruct: 16, "a delayed work item", "INIT_DELAYED_WORK()";
    KthreadWork: 16, "a kthread_work", "kthread_init_work()";
    KthreadDelayedWork: 16, "a delayed kthread_work", "kthread_init_delayed_work()";
}

/// True if the object is initialised. If not, reports the call.
#[inline]
#[track_caller]
pub(super) fn is_initialised<T: MadeByC>(object: &T, call: &str) -> bool {
    const { assert!(T::WORD + 8 <= size_of::<T>() && T::WORD.is_multiple_of(8)) };
    // SAFETY: the word is within the object, which is plain memory. Other threads access the word
    // atomically.
    let word =
        unsafe { AtomicUsize::from_ptr(ptr::from_ref(object).cast_mut().cast::<usize>().byte_add(T::WORD)) };
    let is = word.load(Ordering::Relaxed) != 0;
    if !is {
        tell(ptr::from_ref(object).addr(), T::WHAT, T::INIT, call, Location::caller());
    }
    is
}

/// The same for a worker. One that has a thread was made by the runtime.
#[inline]
#[track_caller]
pub(super) fn worker_is_initialised(worker: &KthreadWorker, call: &str) -> bool {
    /// Offsets in the header's structure: the list, the task, and the runtime's own word.
    const WORDS: [usize; 3] = [8, 40, 56];
    // SAFETY: as in `is_initialised`.
    let word =
        |at| unsafe { AtomicUsize::from_ptr(ptr::from_ref(worker).cast_mut().cast::<usize>().byte_add(at)) };
    let is = WORDS.into_iter().any(|at| word(at).load(Ordering::Relaxed) != 0);
    if !is {
        let address = ptr::from_ref(worker).addr();
        tell(address, "a kthread_worker", "kthread_init_worker()", call, Location::caller());
    }
    is
}

/// The same for a timer. A timer that was shut down has no function either, but is set up.
#[inline]
#[track_caller]
pub(super) fn timer_is_set_up(timer: &TimerList, call: &str) -> bool {
    let is = timer.is_set_up();
    if !is {
        tell(ptr::from_ref(timer).addr(), "a timer", "timer_setup()", call, Location::caller());
    }
    is
}

/// The same for an hrtimer: its `base`, which follows the fields of the runtime's type.
#[inline]
#[track_caller]
pub(super) fn hrtimer_is_initialised(timer: &In<Hrtimer>, call: &str) -> bool {
    // SAFETY: by the C contract, this is the header's structure. Only the timer's initialisation
    // writes the field.
    let is = is_err_or_null(timer.0) || unsafe { *timer.0.add(1).cast::<usize>() } != 0;
    if !is {
        tell(timer.0.addr(), "an hrtimer", "hrtimer_init()", call, Location::caller());
    }
    is
}

/// True if the address is on the stack of the calling thread.
fn is_on_stack(address: usize) -> bool {
    let mut attributes = MaybeUninit::uninit();
    let (mut lowest, mut size) = (ptr::null_mut(), 0);
    // SAFETY: the first call fills the attributes if it succeeds, and then they are destroyed.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) == 0 {
            libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut lowest, &raw mut size);
            libc::pthread_attr_destroy(attributes.as_mut_ptr());
        }
    }
    (lowest.addr()..lowest.addr() + size).contains(&address)
}

/// `call` is about to initialise this memory. What in it is active still is reported and made
/// inactive, with `debug`.
///
/// # Safety
///
/// `call` is a C string. The objects that are active in the memory are there, unless it is on the
/// caller's stack.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_initialises(memory: *const c_void, size: c_ulong, call: *const c_char) {
    if debug_objects::tracks() {
        // SAFETY: the contract.
        unsafe {
            debug_objects::initialised(
                memory.addr(),
                size as usize,
                || is_on_stack(memory.addr()),
                &text(call),
                Location::caller(),
            );
        }
    }
}

/// An object of the runtime that C code gets: it is valid, though it is all zeros.
pub(super) fn given<T>(object: &'static T) -> &'static T {
    TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(ptr::from_ref(object).addr());
    object
}

#[cold]
fn tell(address: usize, what: &str, init: &str, call: &str, place: &'static Location<'static>) {
    if TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(address) {
        let message = format!(
            "used uninitialised: {what}, whose memory at {address:#x} is all zeros: call {init} first"
        );
        diag::warn(WarningKind::Uninitialised, call, place, &message);
    }
}

/// Warns that `call` got the object at `address`, which is not initialised, or no longer is: `what`
/// describes it. For the objects of the C part.
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
