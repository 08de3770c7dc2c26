//! An intrusive pairing heap: orders hrtimers by expiry, and those of one expiry by arming.
//!
//! It is a tree in which no node is due before its parent. A node knows its first child, its next
//! sibling, and the node that points to it (its previous sibling, or its parent). *Melding* two
//! trees makes the later root the first child of the earlier one. That is all that arming does, in
//! constant time and without allocating. Taking the root out melds its children in pairs, then the
//! pairs: O(log n) amortised. Taking out another node cuts it from its siblings and melds its
//! subtrees into the tree: the same cost, and constant for a node without children, as most
//! cancelled nodes are.
//!
//! The price is in the word *amortised*: the first removal after n armings touches all n. A tree
//! that is balanced at every step would cost more at each arming, and more code.
//!
//! # Invariants
//!
//! * All access happens under one lock, the owner's.
//! * A queued node is linked as described above, stays valid and in place, and its key does not
//!   change. The links of a node that is not queued are null.

use crate::sync::Ordering::Relaxed;
use crate::sync::{UnsafeCell, const_fn, record};
use std::cell::Cell;
use std::ptr;

/// An hrtimer, as far as the heap is concerned.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Node {
    links: UnsafeCell<Links>,
    /// 1 if it is queued. Written under the lock; reads without it are only informative.
    queued: record::AtomicU32,
}

#[derive(Debug)]
struct Links {
    child: *const Node,
    next: *const Node,
    /// The previous sibling, or the parent of a first child.
    prev: *const Node,
    key: Key,
}

/// Expiry in nanoseconds, and the serial number of the arming.
type Key = (u64, u64);

impl Node {
    const_fn! {
        pub(super) const fn new() -> Self {
            let (child, next, prev) = (ptr::null(), ptr::null(), ptr::null());
            Self {
                links: UnsafeCell::new(Links { child, next, prev, key: (0, 0) }),
                queued: record::AtomicU32::new(0),
            }
        }
    }

    pub(super) fn is_queued(&self) -> bool {
        self.queued.load(Relaxed) != 0
    }
}

/// Calls `f` with the links of `node`. Callers in this module guarantee that `node` is valid and
/// the lock is held.
fn links<R>(node: *const Node, f: impl FnOnce(&mut Links) -> R) -> R {
    // SAFETY: by that guarantee; `f` does not call this again for the same node.
    unsafe { (*node).links.with_mut(|links| f(&mut *links)) }
}

fn key(node: *const Node) -> Key {
    links(node, |l| l.key)
}

/// Melds two trees into one.
fn meld(a: *const Node, b: *const Node) -> *const Node {
    if a.is_null() || b.is_null() {
        return if a.is_null() { b } else { a };
    }
    let (root, child) = if key(a) <= key(b) { (a, b) } else { (b, a) };
    let sibling = links(root, |l| std::mem::replace(&mut l.child, child));
    links(child, |l| (l.next, l.prev) = (sibling, root));
    if !sibling.is_null() {
        links(sibling, |l| l.prev = child);
    }
    root
}

/// Makes `node` a tree of its own and returns its next sibling.
fn cut(node: *const Node) -> *const Node {
    links(node, |l| {
        l.prev = ptr::null();
        std::mem::replace(&mut l.next, ptr::null())
    })
}

/// Melds the trees of `first` and its siblings into one. Iterates, since a timer thread's stack has
/// no room for n frames.
fn meld_siblings(first: *const Node) -> *const Node {
    let mut pairs: *const Node = ptr::null();
    let mut rest = first;
    while !rest.is_null() {
        let a = rest;
        let b = cut(a);
        rest = if b.is_null() { b } else { cut(b) };
        let pair = meld(a, b);
        links(pair, |l| l.next = pairs);
        pairs = pair;
    }
    let mut root = ptr::null();
    while !pairs.is_null() {
        let pair = pairs;
        pairs = cut(pair);
        root = meld(root, pair);
    }
    root
}

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Heap {
    root: Cell<*const Node>,
    armings: Cell<u64>,
}

impl Heap {
    pub(super) fn new() -> Self {
        Self { root: Cell::new(ptr::null()), armings: Cell::new(0) }
    }

    /// Queues `node` for the time `at`.
    ///
    /// # Safety
    ///
    /// The caller holds the lock. `node` is not queued, and stays valid and where it is until it is
    /// taken out.
    pub(super) unsafe fn insert(&self, node: *const Node, at: u64) {
        let arming = self.armings.get();
        self.armings.set(arming + 1);
        links(node, |l| l.key = (at, arming));
        // SAFETY: by the contract.
        unsafe { (*node).queued.store(1, Relaxed) };
        self.root.set(meld(self.root.get(), node));
    }

    /// Takes `node` out. Returns false if it was not queued.
    ///
    /// # Safety
    ///
    /// The caller holds the lock; `node` is valid, and is in this heap if it is queued.
    pub(super) unsafe fn remove(&self, node: *const Node) -> bool {
        // SAFETY: by the contract.
        if unsafe { (*node).queued.swap(0, Relaxed) } == 0 {
            return false;
        }
        let (child, prev) = links(node, |l| (std::mem::replace(&mut l.child, ptr::null()), l.prev));
        let next = cut(node);
        let below = meld_siblings(child);
        if prev.is_null() {
            self.root.set(below);
            return true;
        }
        links(prev, |l| if ptr::eq(l.child, node) { l.child = next } else { l.next = next });
        if !next.is_null() {
            links(next, |l| l.prev = prev);
        }
        self.root.set(meld(self.root.get(), below));
        true
    }

    /// When the first timer is due.
    ///
    /// # Safety
    ///
    /// The caller holds the lock.
    pub(super) unsafe fn earliest(&self) -> Option<u64> {
        let root = self.root.get();
        (!root.is_null()).then(|| key(root).0)
    }

    /// Takes the first timer out if it is due at `now`.
    ///
    /// # Safety
    ///
    /// The caller holds the lock.
    pub(super) unsafe fn take_due(&self, now: u64) -> Option<*const Node> {
        let root = self.root.get();
        // SAFETY: by the contract; the root is queued.
        (!root.is_null() && key(root).0 <= now && unsafe { self.remove(root) }).then_some(root)
    }
}

#[cfg(test)]
#[path = "heap_tests.rs"]
mod tests;
