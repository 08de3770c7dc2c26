//! The lists of tasks that C code walks: all of them, and each one's children.
//!
//! They are changed under the lock of the pid table, when a task joins it and when it leaves, and
//! are only ever followed by C code. That may do so without the lock, in a section of
//! `rcu_read_lock`: a node is complete before another leads to it, and one that was taken out still
//! leads to where it did. Its task is kept until such readers have left
//! (`sched::put_after_readers`).
//!
//! The head of the list of all is in the idle task, `init_task`. Children of a task that ends get
//! init for their parent, as far as C sees.

use super::TaskStruct;
use super::shown::Shown;
use crate::sync::{Ordering, record};
use std::ptr;

/// `struct list_head`, for readers without a lock.
#[repr(C)]
pub(super) struct Node {
    next: record::AtomicPtr<Node>,
    prev: record::AtomicPtr<Node>,
}

impl Node {
    /// One that is not set up.
    pub(super) const fn new() -> Self {
        Self { next: record::AtomicPtr::new(ptr::null_mut()), prev: record::AtomicPtr::new(ptr::null_mut()) }
    }

    /// # Safety
    ///
    /// `this` is valid, and no list leads to it.
    pub(super) unsafe fn make_empty(this: *const Self) {
        // SAFETY: by the contract.
        unsafe { Self::join(this, this) };
    }

    /// `b` is behind `a` from now on.
    ///
    /// # Safety
    ///
    /// Both are valid, and the caller may change their lists.
    unsafe fn join(a: *const Self, b: *const Self) {
        // SAFETY: by the contract. Release: who finds `b` there finds what was written to it.
        unsafe {
            (*b).prev.store(a.cast_mut(), Ordering::Relaxed);
            (*a).next.store(b.cast_mut(), Ordering::Release);
        }
    }

    /// Puts `node` at the end of the list.
    ///
    /// # Safety
    ///
    /// `head` is a list whose nodes are all valid, `node` is valid and on no list, and the caller
    /// may change the list.
    pub(super) unsafe fn push_back(head: *const Self, node: *const Self) {
        // SAFETY: by the contract.
        unsafe {
            let last = (*head).prev.load(Ordering::Relaxed).cast_const();
            (*node).next.store(head.cast_mut(), Ordering::Relaxed);
            (*head).prev.store(node.cast_mut(), Ordering::Relaxed);
            Self::join(last, node);
        }
    }

    /// Takes `node` out. It leads to where it did.
    ///
    /// # Safety
    ///
    /// `node` is valid, and so are those beside it; the caller may change the list.
    unsafe fn take_out(node: *const Self) {
        // SAFETY: by the contract.
        unsafe {
            let next = (*node).next.load(Ordering::Relaxed);
            Self::join((*node).prev.load(Ordering::Relaxed), next);
        }
    }

    /// The first node of the list, if it has one.
    ///
    /// # Safety
    ///
    /// `head` is valid, and nobody changes the list.
    unsafe fn first(head: *const Self) -> Option<*const Self> {
        // SAFETY: by the contract.
        let first = unsafe { (*head).next.load(Ordering::Relaxed) }.cast_const();
        (!ptr::eq(first, head)).then_some(first)
    }
}

impl TaskStruct {
    /// The task's address, good for all of it: not that of a reference, which C could not write
    /// through.
    fn address(&self) -> *const Self {
        self.group_leader.load(Ordering::Relaxed).cast_const()
    }

    fn is_listed(&self) -> bool {
        self.shown.listed.load(Ordering::Relaxed) != 0
    }

    /// Makes `to` the parent that C sees.
    ///
    /// # Safety
    ///
    /// The caller has the lock of the pid table; the task is on no list of children, and `to` is in
    /// the table.
    unsafe fn be_child_of(this: *const Self, to: *const Self) {
        // SAFETY: by the contract.
        unsafe {
            (*this).real_parent.store(to.cast_mut(), Ordering::Release);
            Node::push_back(&raw const (*to).shown.children, &raw const (*this).shown.sibling);
        }
    }

    /// The task comes into the pid table, in which `idle` is, unless it is that itself; `init` is
    /// for whose parent has ended.
    ///
    /// # Safety
    ///
    /// The caller has the lock of the pid table.
    pub(super) unsafe fn join_lists<'a>(
        &self,
        idle: Option<&'a Self>,
        init: impl FnOnce() -> Option<&'a Self>,
    ) {
        let this = self.address();
        self.shown.listed.store(1, Ordering::Relaxed);
        // SAFETY: under the table's lock; who is in the table lives, and so do those on its lists,
        // which are in the table too.
        unsafe {
            if let Some(parent) = self.parent.as_deref() {
                if parent.is_listed() {
                    Self::be_child_of(this, parent.address());
                } else if let Some(heir) = init().or(idle) {
                    Self::be_child_of(this, heir.address());
                }
            }
            if let Some(idle) = idle.filter(|idle| !ptr::eq(*idle, self)) {
                Node::push_back(&raw const (*idle.address()).shown.tasks, &raw const (*this).shown.tasks);
            }
        }
    }

    /// The task leaves the pid table; `heir` is who gets its children: init, or the idle task.
    ///
    /// # Safety
    ///
    /// As [`join_lists`](Self::join_lists), and the caller has a reference to the task.
    pub(super) unsafe fn leave_lists(&self, heir: Option<&Self>) {
        let this = self.address();
        // SAFETY: as above. A child's own parent has a reference of the child's, so it may be shown
        // when there is no heir.
        unsafe {
            let shown = &raw const (*this).shown;
            while let Some(node) = Node::first(&raw const (*shown).children) {
                let child = Shown::of_sibling(node);
                Node::take_out(node);
                match heir.filter(|heir| !ptr::eq(*heir, self)) {
                    Some(heir) => Self::be_child_of(child, heir.address()),
                    None => {
                        Node::make_empty(node);
                        let parent = (*child).parent.as_deref().map_or(child, Self::address);
                        (*child).real_parent.store(parent.cast_mut(), Ordering::Release);
                    }
                }
            }
            Node::take_out(&raw const (*shown).sibling);
            Node::take_out(&raw const (*shown).tasks);
        }
        self.shown.listed.store(0, Ordering::Relaxed);
    }
}
