//! `linux/notifier.h`: chains of callbacks, ordered by priority.
//!
//! All kinds of chains share the list; they differ in what a removal waits for. An entry that was
//! removed from a blocking, SRCU or atomic chain may be freed at once, since no call uses it any
//! more. For a raw chain, the caller has to make sure of that.

use super::left::{self, New};
use super::{In, int};
use kthread_rt::{Errno, RawRwSemaphore, SrcuStruct};
use std::ffi::{c_int, c_ulong, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};

/// `struct notifier_block`.
#[repr(C)]
pub(super) struct Notifier {
    call: unsafe extern "C-unwind" fn(*mut Notifier, c_ulong, *mut c_void) -> c_int,
    next: AtomicPtr<Notifier>,
    priority: c_int,
}

impl Notifier {
    /// The address of the entry's callback.
    ///
    /// # Safety
    ///
    /// `entry` is valid.
    pub(super) unsafe fn function(entry: *const Self) -> usize {
        // SAFETY: the contract.
        unsafe { (*entry).call as *const () as usize }
    }
}

/// `struct raw_notifier_head`, and `struct atomic_notifier_head`.
pub(super) type Chain = AtomicPtr<Notifier>;

/// `struct blocking_notifier_head`: a call holds the lock for reading, so a change waits for
/// running calls.
#[repr(C)]
pub(super) struct BlockingChain {
    lock: RawRwSemaphore,
    chain: Chain,
}

/// `struct srcu_notifier_head`: calls are SRCU readers, for which a removal waits.
#[repr(C)]
struct SrcuChain {
    chain: Chain,
    domain: SrcuStruct,
}

const _: () = assert!(size_of::<BlockingChain>() == 48);
const _: () = assert!(size_of::<SrcuChain>() <= 15 * 8 && align_of::<SrcuChain>() == 8);

impl BlockingChain {
    pub(super) const fn new() -> Self {
        Self { lock: RawRwSemaphore::new(), chain: Chain::new(ptr::null_mut()) }
    }

    /// Runs `change` while no call runs.
    fn change(&self, change: impl FnOnce(&Chain) -> c_int) -> c_int {
        kthread_rt::down_write(&self.lock);
        let done = change(&self.chain);
        kthread_rt::up_write(&self.lock);
        done
    }

    /// # Safety
    ///
    /// `entry` is valid until it is unregistered.
    pub(super) unsafe fn register(&self, entry: *mut Notifier) -> c_int {
        // SAFETY: the contract.
        self.change(|chain| unsafe { kt_notifier_register(chain, entry) })
    }

    /// # Safety
    ///
    /// `entry` is valid.
    pub(super) unsafe fn unregister(&self, entry: *mut Notifier) -> c_int {
        // SAFETY: the contract.
        self.change(|chain| unsafe { kt_notifier_unregister(chain, entry) })
    }

    /// Calls the chain by `how`, with no change meanwhile. An empty chain may be called from atomic
    /// context.
    pub(super) fn call(&self, how: impl FnOnce(&Chain) -> c_int) -> c_int {
        if self.chain.load(Ordering::Acquire).is_null() {
            return NOTIFY_DONE;
        }
        kthread_rt::down_read(&self.lock);
        let result = how(&self.chain);
        kthread_rt::up_read(&self.lock);
        result
    }
}

/// The result if no callback is called.
const NOTIFY_DONE: c_int = 0;
/// Bit of a result: no further callback is called.
const NOTIFY_STOP_MASK: c_int = 0x8000;

/// Held while any chain is changed. A call does not need it: links are published with release
/// ordering, and a removed entry still points to the next one.
static CHANGE: Mutex<()> = Mutex::new(());

/// The link to the first entry for which `stop` is true, or the last link.
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
        New::of(&left::NOTIFIER, entry.addr(), "notifier_chain_register")
            .calls(Notifier::function(entry))
            .on(chain.addr())
            .note();
    }
    Ok(())
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_notifier_register(chain: *const Chain, entry: *mut Notifier) -> c_int {
    // SAFETY: the C contract.
    int(unsafe { register(chain, entry, false) })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_notifier_register_unique(chain: *const Chain, entry: *mut Notifier) -> c_int {
    // SAFETY: the C contract.
    int(unsafe { register(chain, entry, true) })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_notifier_unregister(chain: *const Chain, entry: *mut Notifier) -> c_int {
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
    left::gone(&left::NOTIFIER, entry.addr());
    if found { 0 } else { Errno::ENOENT.as_return() }
}

/// Calls at most `count` entries, until one stops the chain. Returns the last result, and how many
/// were called.
///
/// # Safety
///
/// The C contract.
unsafe fn call(chain: *const Chain, action: c_ulong, data: *mut c_void, count: usize) -> (c_int, usize) {
    let (mut result, mut called) = (0, 0);
    // SAFETY: the C contract. The next link is read before the call, since an entry may remove
    // itself.
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
            // All but the one that stopped the chain.
            call(chain, undo, data, called - 1);
        }
        result
    }
}

// The C contract of all functions below: an entry is valid while it is on the chain, and a chain is
// only changed by the functions for its kind.

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn blocking_notifier_chain_register(
    head: In<BlockingChain>,
    entry: *mut Notifier,
) -> c_int {
    // SAFETY: the C contract.
    unsafe { head.register(entry) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn blocking_notifier_chain_register_unique_prio(
    head: In<BlockingChain>,
    entry: *mut Notifier,
) -> c_int {
    // SAFETY: the C contract.
    head.change(|chain| unsafe { kt_notifier_register_unique(chain, entry) })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn blocking_notifier_chain_unregister(
    head: In<BlockingChain>,
    entry: *mut Notifier,
) -> c_int {
    // SAFETY: the C contract.
    unsafe { head.unregister(entry) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn blocking_notifier_call_chain(
    head: In<BlockingChain>,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the C contract.
    head.call(|chain| unsafe { kt_notifier_call(chain, action, data) })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn blocking_notifier_call_chain_robust(
    head: In<BlockingChain>,
    action: c_ulong,
    undo: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the C contract.
    head.call(|chain| unsafe { kt_notifier_call_robust(chain, action, undo, data) })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn srcu_notifier_chain_register(head: In<SrcuChain>, entry: *mut Notifier) -> c_int {
    // SAFETY: the C contract.
    unsafe { kt_notifier_register(&head.chain, entry) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn srcu_notifier_chain_unregister(
    head: In<SrcuChain>,
    entry: *mut Notifier,
) -> c_int {
    // SAFETY: the C contract.
    let found = unsafe { kt_notifier_unregister(&head.chain, entry) };
    kthread_rt::synchronize_srcu(&head.domain);
    found
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn srcu_notifier_call_chain(
    head: In<SrcuChain>,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    let section = kthread_rt::srcu_read_lock(&head.domain);
    // SAFETY: the C contract.
    let result = unsafe { kt_notifier_call(&head.chain, action, data) };
    kthread_rt::srcu_read_unlock(&head.domain, section);
    result
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn atomic_notifier_chain_unregister(head: In<Chain>, entry: *mut Notifier) -> c_int {
    // SAFETY: the C contract.
    let found = unsafe { kt_notifier_unregister(&*head, entry) };
    kthread_rt::synchronize_rcu();
    found
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn atomic_notifier_call_chain(
    head: In<Chain>,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    kthread_rt::rcu_read_lock();
    // SAFETY: the C contract.
    let result = unsafe { kt_notifier_call(&*head, action, data) };
    kthread_rt::rcu_read_unlock();
    result
}
