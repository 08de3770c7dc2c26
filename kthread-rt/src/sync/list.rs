//! The intrusive doubly linked list under every wait queue.
//!
//! A node lives in its owner (a waiter's stack frame, a structure), so linking does not allocate.
//! There are two forms of an empty head. One has null pointers, so a zeroed head is valid and a
//! Rust constant is possible. The other points to itself, as C's initializers make it. The last
//! removal restores the form that the first insertion found. So a head that was null is null again,
//! and the value that contains it may be moved, as Rust moves values. While nodes are linked, the
//! lowest bit of the head's `prev` records its form.
//!
//! # Invariants
//!
//! * All access to a list happens under the lock of the structure that holds its head.
//! * A linked node is valid and does not move until it is unlinked.
//! * An unlinked node has null pointers, or points to itself.

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

// SAFETY: a list is accessed only under its lock (the module's invariants); the pointers are not
// tied to a thread.
unsafe impl Send for ListHead {}
// SAFETY: as above.
unsafe impl Sync for ListHead {}

/// A bit in the `prev` of a head with nodes: the head was null when it was empty.
const WAS_NULL: usize = 1;

impl ListHead {
    const_fn! {
        /// Makes an empty head or an unlinked node.
        pub(crate) const fn new() -> Self {
            Self { next: UnsafeCell::new(ptr::null_mut()), prev: UnsafeCell::new(ptr::null_mut()) }
        }
    }

    fn next(this: *const Self) -> *mut ListHead {
        // SAFETY: the callers of this private function pass a valid head or node and hold the
        // list's lock.
        unsafe { (*this).next.with(|p| *p) }
    }

    fn prev(this: *const Self) -> *mut ListHead {
        Self::prev_and_note(this).map_addr(|address| address & !WAS_NULL)
    }

    fn prev_and_note(this: *const Self) -> *mut ListHead {
        // SAFETY: as in `next`.
        unsafe { (*this).prev.with(|p| *p) }
    }

    /// Returns true if the head was null when it was empty.
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

    /// Makes both pointers null.
    fn clear(this: *mut Self) {
        // SAFETY: as in `set`.
        unsafe {
            (*this).next.with_mut(|p| *p = ptr::null_mut());
            (*this).prev.with_mut(|p| *p = ptr::null_mut());
        }
    }

    /// Returns true if this head has no nodes, or this node is not linked: `list_empty`.
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
    /// `head` and `node` are valid, `node` is not linked, and the caller holds the list's lock.
    /// `node` stays valid and does not move until it is removed.
    pub(crate) unsafe fn push_back(head: *mut Self, node: *mut Self) {
        // SAFETY: the same contract; an empty head is its own last node.
        unsafe {
            let last = Self::prev(head);
            Self::insert_after(head, if last.is_null() { head } else { last }, node);
        }
    }

    /// Returns the first node, or `None`: `list_first_entry`.
    ///
    /// # Safety
    ///
    /// `head` is valid and the caller holds the list's lock.
    pub(crate) unsafe fn first(head: *const Self) -> Option<*mut Self> {
        // SAFETY: the same contract.
        if unsafe { Self::is_empty(head) } { None } else { Some(Self::next(head)) }
    }

    /// Aborts the process if the head was moved after its first node was linked, which safe code
    /// can do by leaking the value that removes the node; or if C code has initialized that node
    /// again. `what` names the head in the message.
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

    /// Aborts the process if a head that is dropped has nodes.
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

    /// Returns the node after `node`, or `None` at the end of the list of `head`.
    ///
    /// # Safety
    ///
    /// `node` is linked to `head`, and the caller holds the list's lock.
    pub(crate) unsafe fn after(head: *const Self, node: *const Self) -> Option<*mut Self> {
        let next = Self::next(node);
        (!ptr::eq(next, head)).then_some(next)
    }

    /// Links `node` after `place`, which is the head or a node of its list: `list_add`.
    ///
    /// # Safety
    ///
    /// As for [`push_back`](Self::push_back), and `place` is linked to `head`, or is `head`.
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
    /// `node` is valid, and the caller holds the lock of the list that it may be on.
    pub(crate) unsafe fn remove(node: *mut Self) {
        // SAFETY: the same contract.
        if unsafe { Self::is_empty(node) } {
            return;
        }
        let (next, prev) = (Self::next(node), Self::prev(node));
        if ptr::eq(next, prev) {
            // `next` is the head, which is empty now.
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

/// Why a list is corrupt.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    Moved,
    Dropped,
    InitialisedAgain,
}

#[cold]
fn die(what: &str, wrong: Wrong) -> ! {
    // The process aborts even if the message cannot be written.
    let _ = match wrong {
        Wrong::InitialisedAgain => writeln!(
            std::io::stderr(),
            "kthread-rt: an entry was initialised again while it was on {what}, which corrupts the queue; remove it \
             first (finish_wait, remove_wait_queue)"
        ),
        Wrong::Moved | Wrong::Dropped => {
            let how = if let Wrong::Moved = wrong { "moved" } else { "dropped" };
            writeln!(
                std::io::stderr(),
                "kthread-rt: {what} was {how} while an entry was on it; remove the entry first"
            )
        }
    };
    std::process::abort();
}
