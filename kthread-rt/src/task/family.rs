//! The lists of tasks that C code walks: all tasks, and each task's children.
//!
//! The runtime changes them under the lock of the pid table, when a task joins or leaves the table.
//! Only C code walks them, and may do so without the lock, in an `rcu_read_lock` section: a node is
//! initialised before another node points to it, and a removed node keeps its `next`.
//! `sched::put_after_readers` keeps the task until such readers have left.
//!
//! The head of the list of all tasks is in the idle task, `init_task`. When a task ends, C sees
//! init as the new parent of its children.

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
    /// A node that is not initialised.
    pub(super) const fn new() -> Self {
        Self { next: record::AtomicPtr::new(ptr::null_mut()), prev: record::AtomicPtr::new(ptr::null_mut()) }
    }

    /// # Safety
    ///
    /// `this` is valid and on no list.
    pub(super) unsafe fn make_empty(this: *const Self) {
        // SAFETY: the caller promises that the nodes are valid, and that it may change them.
        unsafe { Self::join(this, this) };
    }

    /// Links `b` behind `a`.
    ///
    /// # Safety
    ///
    /// Both are valid, and the caller may change their lists.
    unsafe fn join(a: *const Self, b: *const Self) {
        // SAFETY: the caller promises that both are valid. Release: a reader that finds `b` sees
        // what was written to it.
        unsafe {
            (*b).prev.store(a.cast_mut(), Ordering::Relaxed);
            (*a).next.store(b.cast_mut(), Ordering::Release);
        }
    }

    /// Adds `node` at the tail of the list.
    ///
    /// # Safety
    ///
    /// `head` is a list whose nodes are all valid, `node` is valid and on no list, and the caller
    /// may change the list.
    pub(super) unsafe fn push_back(head: *const Self, node: *const Self) {
        // SAFETY: the caller promises that the nodes are valid, and that it may change them.
        unsafe {
            let last = (*head).prev.load(Ordering::Relaxed).cast_const();
            (*node).next.store(head.cast_mut(), Ordering::Relaxed);
            (*head).prev.store(node.cast_mut(), Ordering::Relaxed);
            Self::join(last, node);
        }
    }

    /// Removes `node`. Its own links stay.
    ///
    /// # Safety
    ///
    /// `node` and its neighbours are valid; the caller may change the list.
    unsafe fn take_out(node: *const Self) {
        // SAFETY: the caller promises that the nodes are valid, and that it may change them.
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
        // SAFETY: the caller promises that the nodes are valid, and that it may change them.
        let first = unsafe { (*head).next.load(Ordering::Relaxed) }.cast_const();
        (!ptr::eq(first, head)).then_some(first)
    }
}

impl TaskStruct {
    /// The task's address, with the provenance of the whole Arc: C could not write through one
    /// derived from `&self`.
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
        // SAFETY: under the table's lock both tasks are valid, and their lists may be changed.
        unsafe {
            (*this).real_parent.store(to.cast_mut(), Ordering::Release);
            Node::push_back(&raw const (*to).shown.children, &raw const (*this).shown.sibling);
        }
    }

    /// The task joins the pid table. `idle` is the idle task, if it is in the table already; `init`
    /// is called for a task whose parent has ended.
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
        // SAFETY: under the table's lock. The tasks in the table are alive, and so are those on
        // their lists, which are in the table too.
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

    /// The task leaves the pid table. `heir`, init or the idle task, becomes the parent of its
    /// children.
    ///
    /// # Safety
    ///
    /// As [`join_lists`](Self::join_lists), and the caller has a reference to the task.
    pub(super) unsafe fn leave_lists(&self, heir: Option<&Self>) {
        let this = self.address();
        // SAFETY: as above. Without an heir a child keeps its parent, to which it has a reference.
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
