//! The intrusive doubly linked list under every wait queue.
//!
//! A node lives in its owner (a waiter's stack frame, a structure), so linking allocates nothing. A
//! head is empty when its pointers are null, which makes a zeroed head valid, and a Rust constant
//! possible; and also when it points at itself, which is how C's initialisers write it. The last
//! removal leaves a head as the first insertion found it: one that was null is null again, so that
//! what the head is part of may be moved, as Rust's values are, when nothing is linked to it. What
//! such a head was is noted in the lowest bit of its `prev` meanwhile.
//!
//! # Invariants
//!
//! * All access to a list happens under the lock of the structure that holds its head.
//! * A linked node stays where it is, and valid, until it is unlinked.
//! * An unlinked node has null pointers, or points at itself.

use super::{UnsafeCell, const_fn};
use std::io::Write;
use std::ptr;

/// `struct list_head`.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct ListHead {
    next: UnsafeCell<*mut ListHead>,
    prev: UnsafeCell<*mut ListHead>,
}

// SAFETY: a list is accessed under its lock only (the module's invariants); the pointers carry no
// thread affinity.
unsafe impl Send for ListHead {}
// SAFETY: as above.
unsafe impl Sync for ListHead {}

/// In the `prev` of a head that has nodes: it was null when it had none.
const WAS_NULL: usize = 1;

impl ListHead {
    const_fn! {
        /// An empty head, or an unlinked node.
        pub(crate) const fn new() -> Self {
            Self { next: UnsafeCell::new(ptr::null_mut()), prev: UnsafeCell::new(ptr::null_mut()) }
        }
    }

    fn next(this: *const Self) -> *mut ListHead {
        // SAFETY: callers of this private function pass a valid list element and hold the list's
        // lock.
        unsafe { (*this).next.with(|p| *p) }
    }

    fn prev(this: *const Self) -> *mut ListHead {
        Self::prev_and_note(this).map_addr(|address| address & !WAS_NULL)
    }

    fn prev_and_note(this: *const Self) -> *mut ListHead {
        // SAFETY: as in `next`.
        unsafe { (*this).prev.with(|p| *p) }
    }

    /// True of a head with nodes that was null when it had none.
    fn was_null(this: *const Self) -> bool {
        Self::prev_and_note(this).addr() & WAS_NULL != 0
    }

    fn set(this: *mut Self, next: Option<*mut Self>, prev: Option<*mut Self>) {
        // SAFETY: as in `next`; the lock makes this the only access.
        unsafe {
            if let Some(next) = next {
                (*this).next.with_mut(|p| *p = next);
            }
            if let Some(prev) = prev {
                (*this).prev.with_mut(|p| *p = prev.map_addr(|address| address | (*p).addr() & WAS_NULL));
            }
        }
    }

    /// Makes it null, and forgets what it was.
    fn clear(this: *mut Self) {
        // SAFETY: as in `set`.
        unsafe {
            (*this).next.with_mut(|p| *p = ptr::null_mut());
            (*this).prev.with_mut(|p| *p = ptr::null_mut());
        }
    }

    /// True if nothing is linked to this head, or this node is not linked: `list_empty`.
    ///
    /// # Safety
    ///
    /// `this` is valid and the caller holds the list's lock.
    pub(crate) unsafe fn is_empty(this: *const Self) -> bool {
        let next = Self::next(this);
        next.is_null() || ptr::eq(next, this)
    }

    /// Links `node` at the end: `list_add_tail`.
    ///
    /// # Safety
    ///
    /// `head` and `node` are valid, `node` is not linked, the caller holds the list's lock, and
    /// `node` stays valid and in place until it is removed.
    pub(crate) unsafe fn push_back(head: *mut Self, node: *mut Self) {
        // SAFETY: the same contract; an unused head is its own last node.
        unsafe {
            let last = Self::prev(head);
            Self::insert_after(head, if last.is_null() { head } else { last }, node);
        }
    }

    /// The first node, or `None`: `list_first_entry`.
    ///
    /// # Safety
    ///
    /// `head` is valid and the caller holds the list's lock.
    pub(crate) unsafe fn first(head: *const Self) -> Option<*mut Self> {
        // SAFETY: the same contract.
        if unsafe { Self::is_empty(head) } { None } else { Some(Self::next(head)) }
    }

    /// Ends the process if the head is not where it was when its first node was linked: safe code
    /// can do that by leaking what takes the node out. Or if C code has initialised that node
    /// again, and with it its pointers. `what` is what the head is of.
    ///
    /// # Safety
    ///
    /// As [`is_empty`](Self::is_empty).
    #[inline]
    pub(crate) unsafe fn check_in_place(head: *const Self, what: &str) {
        // SAFETY: the same contract.
        let Some(first) = (unsafe { Self::first(head) }) else { return };
        let back = Self::prev(first);
        if !ptr::eq(back, head) {
            let again = back.is_null() || ptr::eq(back, first);
            die(what, if again { Wrong::InitialisedAgain } else { Wrong::Moved });
        }
    }

    /// Ends the process if a node is linked to a head that goes.
    ///
    /// # Safety
    ///
    /// As [`is_empty`](Self::is_empty).
    pub(crate) unsafe fn check_empty(head: *const Self, what: &str) {
        // SAFETY: the same contract.
        if unsafe { !Self::is_empty(head) } {
            die(what, Wrong::Dropped);
        }
    }

    /// The node after `node`, or `None` at the end of the list that `head` is of.
    ///
    /// # Safety
    ///
    /// `node` is linked to `head`, and the caller holds the list's lock.
    pub(crate) unsafe fn after(head: *const Self, node: *const Self) -> Option<*mut Self> {
        let next = Self::next(node);
        (!ptr::eq(next, head)).then_some(next)
    }

    /// Links `node` behind `place`, which is the head or a node of its list: `list_add`.
    ///
    /// # Safety
    ///
    /// As [`push_back`](Self::push_back), and `place` is linked to `head`, or is `head`.
    pub(crate) unsafe fn insert_after(head: *mut Self, place: *mut Self, node: *mut Self) {
        if Self::next(head).is_null() {
            Self::set(head, Some(head), Some(head.map_addr(|address| address | WAS_NULL)));
        }
        let next = Self::next(place);
        Self::set(node, Some(next), Some(place));
        Self::set(place, Some(node), None);
        Self::set(next, None, Some(node));
    }

    /// Unlinks `node` if it is linked: `list_del_init`.
    ///
    /// # Safety
    ///
    /// `node` is valid and the caller holds the lock of the list it may be on.
    pub(crate) unsafe fn remove(node: *mut Self) {
        // SAFETY: the same contract.
        if unsafe { Self::is_empty(node) } {
            return;
        }
        let (next, prev) = (Self::next(node), Self::prev(node));
        if ptr::eq(next, prev) {
            // The head, alone from now on.
            if Self::was_null(next) {
                Self::clear(next);
            } else {
                Self::set(next, Some(next), Some(next));
            }
        } else {
            Self::set(prev, Some(next), None);
            Self::set(next, None, Some(prev));
        }
        Self::clear(node);
    }
}

/// Why a list can't be walked.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    Moved,
    Dropped,
    InitialisedAgain,
}

#[cold]
fn die(what: &str, wrong: Wrong) -> ! {
    // Whether or not it can be told, this is the end.
    let _ = match wrong {
        Wrong::InitialisedAgain => writeln!(
            std::io::stderr(),
            "kthread-rt: an entry was initialised again while it was on {what}, which leads nowhere from there; take it \
             off first (finish_wait, remove_wait_queue)"
        ),
        Wrong::Moved | Wrong::Dropped => {
            let how = if let Wrong::Moved = wrong { "moved" } else { "dropped" };
            writeln!(
                std::io::stderr(),
                "kthread-rt: {what} was {how} while an entry was on it; its next wake-up would go astray"
            )
        }
    };
    std::process::abort();
}
