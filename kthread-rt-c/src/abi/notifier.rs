//! `linux/notifier.h`: chains of functions, ordered by priority.

use super::int;
use kthread_rt::Errno;
use std::ffi::{c_int, c_ulong, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};

/// `struct notifier_block`.
#[repr(C)]
pub(super) struct Notifier {
    call: unsafe extern "C-unwind" fn(*mut Notifier, c_ulong, *mut c_void) -> c_int,
    next: AtomicPtr<Notifier>,
    priority: c_int,
}

/// `struct raw_notifier_head`.
pub(super) type Chain = AtomicPtr<Notifier>;

/// In a result: nobody else is to be called.
const NOTIFY_STOP_MASK: c_int = 0x8000;

/// Held while any chain is changed. A call goes without: links are published by release, and an entry that was taken off still
/// leads on.
static CHANGE: Mutex<()> = Mutex::new(());

/// The link that leads to the first entry that `stop` is true for, or the last link.
///
/// # Safety
///
/// The chain and its entries are valid.
unsafe fn link(chain: *const Chain, stop: impl Fn(&Notifier) -> bool) -> *const Chain {
    let mut link = chain;
    // SAFETY: the contract.
    unsafe {
        while let Some(entry) = (*link).load(Ordering::Acquire).as_ref() {
            if stop(entry) {
                break;
            }
            link = &raw const entry.next;
        }
    }
    link
}

/// # Safety
///
/// The C contract.
unsafe fn register(chain: *const Chain, entry: *mut Notifier, unique: bool) -> Result<(), Errno> {
    let _guard = CHANGE.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the C contract.
    unsafe {
        if !(*link(chain, |other| std::ptr::eq(other, entry))).load(Ordering::Acquire).is_null() {
            return Err(Errno::EEXIST);
        }
        if unique {
            let same = link(chain, |other| other.priority == (*entry).priority);
            if !(*same).load(Ordering::Acquire).is_null() {
                return Err(Errno::EBUSY);
            }
        }
        let link = link(chain, |other| other.priority < (*entry).priority);
        (*entry).next.store((*link).load(Ordering::Acquire), Ordering::Relaxed);
        (*link).store(entry, Ordering::Release);
    }
    Ok(())
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kt_notifier_register(
    chain: *const Chain,
    entry: *mut Notifier,
) -> c_int {
    // SAFETY: the C contract.
    int(unsafe { register(chain, entry, false) })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_notifier_register_unique(chain: *const Chain, entry: *mut Notifier) -> c_int {
    // SAFETY: the C contract.
    int(unsafe { register(chain, entry, true) })
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kt_notifier_unregister(
    chain: *const Chain,
    entry: *mut Notifier,
) -> c_int {
    let guard = CHANGE.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the C contract.
    let found = unsafe {
        let link = link(chain, |other| std::ptr::eq(other, entry));
        let found = !(*link).load(Ordering::Acquire).is_null();
        if found {
            (*link).store((*entry).next.load(Ordering::Acquire), Ordering::Release);
        }
        found
    };
    drop(guard);
    if found { 0 } else { Errno::ENOENT.as_return() }
}

/// Calls at most `count` entries, until one stops it: the last result, and how many were called.
///
/// # Safety
///
/// The C contract.
unsafe fn call(chain: *const Chain, action: c_ulong, data: *mut c_void, count: usize) -> (c_int, usize) {
    let (mut result, mut called) = (0, 0);
    // SAFETY: the C contract; the next one is read first, for an entry that takes itself off.
    unsafe {
        let mut entry = (*chain).load(Ordering::Acquire);
        while !entry.is_null() && called < count && result & NOTIFY_STOP_MASK == 0 {
            let next = (*entry).next.load(Ordering::Acquire);
            result = ((*entry).call)(entry, action, data);
            called += 1;
            entry = next;
        }
    }
    (result, called)
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kt_notifier_call(
    chain: *const Chain,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the C contract.
    unsafe { call(chain, action, data, usize::MAX) }.0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_notifier_call_robust(
    chain: *const Chain,
    action: c_ulong,
    undo: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let (result, called) = call(chain, action, data, usize::MAX);
        if result & NOTIFY_STOP_MASK != 0 {
            // Not the one that stopped it.
            call(chain, undo, data, called - 1);
        }
        result
    }
}
