//! `linux/wait.h`: wait queues by pointer, and the steps of `wait_event`, whose loop is a macro in
//! the header.

use super::left::{self, New};
use super::uninit::is_initialised;
use super::{In, int};
use kthread_rt::prelude::*;
use kthread_rt::raw_wait::{self as raw, EventWait, WaitLimit, WaitMode};
use std::ffi::{c_int, c_long, c_uint, c_void};
use std::mem::MaybeUninit;
use std::ptr;

const _: () = assert!(size_of::<WaitQueueHead>() == 24 && size_of::<WaitQueueEntry>() == 40);
// `struct kt_wait_event` of the header.
const _: () = assert!(size_of::<EventWait>() <= 32 * 8 && align_of::<EventWait>() <= 8);

fn state(bits: c_uint) -> TaskState {
    TaskState::from_bits_retain(bits)
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __wake_up(
    wq: In<WaitQueueHead>,
    mode: c_uint,
    nr: c_int,
    key: *mut c_void,
) -> c_int {
    is_initialised(&*wq, "wake_up");
    // SAFETY: the C contract.
    unsafe { raw::__wake_up(&wq, state(mode), nr.max(0) as u32, key) as c_int }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_wake_up_sync(
    wq: In<WaitQueueHead>,
    mode: c_uint,
    nr: c_int,
    key: *mut c_void,
) {
    is_initialised(&*wq, "wake_up_sync");
    // SAFETY: the C contract.
    unsafe { raw::__wake_up_sync(&wq, state(mode), nr.max(0) as u32, key) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_wake_up_locked_sync(wq: In<WaitQueueHead>, mode: c_uint, key: *mut c_void) {
    is_initialised(&*wq, "wake_up_locked_sync");
    // SAFETY: the C contract.
    unsafe { raw::__wake_up_locked_sync(&wq, state(mode), 1, key) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __wake_up_locked(wq: In<WaitQueueHead>, mode: c_uint, nr: c_int) {
    is_initialised(&*wq, "wake_up_locked");
    // SAFETY: the C contract.
    unsafe { raw::__wake_up_locked(&wq, state(mode), nr.max(0) as u32, ptr::null_mut()) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __wake_up_locked_key(wq: In<WaitQueueHead>, mode: c_uint, key: *mut c_void) {
    is_initialised(&*wq, "wake_up_locked_key");
    // SAFETY: the C contract.
    unsafe { raw::__wake_up_locked(&wq, state(mode), 1, key) };
}

/// Tracks an entry that C code has queued, until C code or its wake function removes it.
fn note_entry(wq: &WaitQueueHead, entry: *const WaitQueueEntry, call: &'static str) {
    let address = entry.addr();
    // SAFETY: the C contract: it is an entry, whose function nobody changes at this time.
    let function = unsafe { entry.byte_add(FUNCTION).cast::<usize>().read() };
    New::of(&left::WAIT_ENTRY, address, call).calls(function).on(ptr::from_ref(wq).addr()).note();
}

/// The offset of the function in `struct wait_queue_entry`.
const FUNCTION: usize = 16;
/// The offset of the list in `struct wait_queue_entry`.
const LIST: usize = 24;

/// # Safety
///
/// `address` is that of a `struct wait_queue_entry`.
pub(super) unsafe fn is_on_queue(address: usize) -> bool {
    // SAFETY: by the contract. Its wake function may remove it at this moment, which changes the
    // word atomically.
    let next = unsafe { ptr::with_exposed_provenance::<usize>(address + LIST).read_volatile() };
    next != 0 && next != address + LIST
}

macro_rules! adders {
    ($($symbol:ident = $name:ident;)*) => { $(
        #[unsafe(no_mangle)]
        unsafe extern "C-unwind" fn $symbol(wq: In<WaitQueueHead>, entry: *mut WaitQueueEntry) {
            is_initialised(&*wq, "add_wait_queue");
            note_entry(&wq, entry, "add_wait_queue");
            // SAFETY: the C contract.
            unsafe { raw::$name(&wq, entry) };
        }
    )* };
}

adders! {
    add_wait_queue = add_wait_queue;
    add_wait_queue_exclusive = add_wait_queue_exclusive;
    add_wait_queue_priority = add_wait_queue_priority;
    // For code of 6.7 and later.
    kt_add_wait_queue_priority_since_6_7 = add_wait_queue_priority_since_6_7;
}

macro_rules! removers {
    ($($name:ident)*) => { $(
        #[unsafe(no_mangle)]
        unsafe extern "C-unwind" fn $name(wq: In<WaitQueueHead>, entry: *mut WaitQueueEntry) {
            left::gone(&left::WAIT_ENTRY, entry.addr());
            // SAFETY: the C contract.
            unsafe { raw::$name(&wq, entry) };
        }
    )* };
}

removers! { remove_wait_queue finish_wait }

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn prepare_to_wait(wq: In<WaitQueueHead>, entry: *mut WaitQueueEntry, bits: c_uint) {
    is_initialised(&*wq, "prepare_to_wait");
    // SAFETY: the C contract.
    unsafe { raw::prepare_to_wait(&wq, entry, state(bits)) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn prepare_to_wait_exclusive(
    wq: In<WaitQueueHead>,
    entry: *mut WaitQueueEntry,
    bits: c_uint,
) -> bool {
    is_initialised(&*wq, "prepare_to_wait_exclusive");
    // SAFETY: the C contract.
    unsafe { raw::prepare_to_wait_exclusive(&wq, entry, state(bits)) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn prepare_to_wait_event(
    wq: In<WaitQueueHead>,
    entry: *mut WaitQueueEntry,
    bits: c_uint,
) -> c_long {
    is_initialised(&*wq, "prepare_to_wait_event");
    // SAFETY: the C contract.
    int(unsafe { raw::prepare_to_wait_event(&wq, entry, state(bits)) }).into()
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn wait_woken(entry: *mut WaitQueueEntry, bits: c_uint, timeout: c_long) -> c_long {
    // SAFETY: the C contract.
    unsafe { raw::wait_woken(entry, state(bits), timeout) }
}

macro_rules! wake_functions {
    ($($name:ident)*) => { $(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            entry: *mut WaitQueueEntry,
            mode: c_uint,
            flags: c_int,
            key: *mut c_void,
        ) -> c_int {
            // SAFETY: the C contract.
            unsafe { kthread_rt::$name(entry, mode, flags, key) }
        }
    )* };
}

wake_functions! { default_wake_function autoremove_wake_function woken_wake_function }

/// Tells the runtime the C addresses of its own wake functions: a wake-up recognises them, and
/// wakes their tasks after it has dropped the lock.
extern "C" fn name_wake_functions() {
    kthread_rt::__for_c::name_wake_functions([
        default_wake_function,
        autoremove_wake_function,
        woken_wake_function,
    ]);
}

#[used]
#[unsafe(link_section = ".init_array")]
static NAME_WAKE_FUNCTIONS: extern "C" fn() = name_wake_functions;

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_waitqueue_active(wq: In<WaitQueueHead>) -> c_int {
    is_initialised(&*wq, "waitqueue_active");
    waitqueue_active(&wq).into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_wq_has_sleeper(wq: In<WaitQueueHead>) -> bool {
    is_initialised(&*wq, "wq_has_sleeper");
    wq_has_sleeper(&wq)
}

/// Begins a `wait_event`. `limit` is in jiffies if `kind` is 1, in nanoseconds if it is 2. A caller
/// that releases a lock before it sleeps (`opens`) may be in an atomic section now.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_wait_begin(
    wait: *mut MaybeUninit<EventWait>,
    wq: In<WaitQueueHead>,
    bits: c_uint,
    exclusive: bool,
    kind: c_int,
    limit: c_long,
    opens: bool,
) {
    let limit = match kind {
        1 => WaitLimit::Jiffies(limit as u64),
        2 => WaitLimit::Nanoseconds(limit),
        _ => WaitLimit::None,
    };
    let call = if super::wait_bit::is_of_variables(&raw const *wq) { "wait_var_event" } else { "wait_event" };
    let mode = WaitMode { state: state(bits), exclusive, limit, call };
    is_initialised(&*wq, call);
    // SAFETY: the C contract: the macro of the header has `wait` on its stack, and the queue is
    // valid for the wait.
    unsafe {
        let wq = &raw const *wq;
        let begun = if opens { EventWait::begin_with_lock(wq, mode) } else { EventWait::begin(wq, mode) };
        (*wait).write(begun);
    }
}

/// The macro calls this when the condition is false. Sleeps, except the first time, and prepares
/// the next sleep. Returns false if the wait is over.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_wait_next(wait: *mut EventWait) -> bool {
    // SAFETY: as in `kt_wait_begin`.
    let wait = unsafe { &mut *wait };
    if wait.over() {
        return false;
    }
    if wait.must_sleep() {
        wait.sleep();
    }
    // SAFETY: as above.
    unsafe { wait.prepare() };
    true
}

/// The same in parts, for a caller with a lock. Returns 0 if the wait is over, 1 if the caller has
/// to prepare, 2 if it has to sleep first.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_wait_look(wait: *const EventWait) -> c_int {
    // SAFETY: as in `kt_wait_begin`.
    let wait = unsafe { &*wait };
    if wait.over() { 0 } else { 1 + c_int::from(wait.must_sleep()) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_wait_sleep(wait: *mut EventWait) {
    // SAFETY: as in `kt_wait_begin`.
    unsafe { (*wait).sleep() };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_wait_prepare(wait: *mut EventWait) {
    // SAFETY: as in `kt_wait_begin`.
    unsafe { (*wait).prepare() };
}

/// Returns the jiffies left, 0 if the time has passed (with another kind of limit, 1 if it has
/// not), or −ERESTARTSYS.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_wait_end(wait: *mut EventWait, condition: bool) -> c_long {
    // SAFETY: as in `kt_wait_begin`; the macro does not use the value again.
    unsafe {
        let result = (*wait).end(condition);
        wait.drop_in_place();
        // If the condition was true at once, a negative limit is returned unchanged.
        result.map_or_else(|errno| errno.as_return().into(), |left| left as c_long)
    }
}
