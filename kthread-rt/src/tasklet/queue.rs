//! A Kernel's scheduled tasklets, and the order in which they are called.
//!
//! The kernel runs its softirqs in rounds: HI_SOFTIRQ takes all tasklets of high priority that are
//! scheduled by then, after them TASKLET_SOFTIRQ all others; a tasklet that is scheduled meanwhile
//! waits for the next round. So does this queue. High ones run before normal ones, each kind in the
//! order of scheduling, and neither kind can starve the other by scheduling itself again.
//!
//! # Invariants
//!
//! * All access happens with the lock of the queue's base held. A base is never freed and does not
//!   move.
//! * A tasklet is on one of the lists if and only if it is `SCHEDULED`; on `aside` if and only if
//!   it is `ASIDE` too.

use super::{ASIDE, Form, GONE, HIGH, RUNNING, SCHEDULED, TASKLET, TaskletFn, TaskletOldFn, TaskletStruct};
use crate::clock::Clock;
use crate::debug_objects::{self, ObjectKind};
use crate::sched::SOFTIRQ_OFFSET;
use crate::sync::Ordering::Relaxed;
use crate::sync::Pool;
use crate::sync::list::ListHead;
use crate::task::{SubsystemId, WaitKind};
use crate::timer::{Base, Queue};
use std::cell::Cell;
use std::ptr;

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Tasklets {
    high: ListHead,
    normal: ListHead,
    /// The tasklets whose turn it is.
    turn: ListHead,
    /// `turn` was filled from `high`: the normal ones are next.
    turn_was_high: Cell<bool>,
    /// Tasklets that were disabled when their turn came.
    aside: ListHead,
}

/// A tasklet's function, in one of its two forms.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Function {
    Callback(TaskletFn),
    Old(TaskletOldFn, u64),
}

impl Function {
    pub(super) fn address(self) -> usize {
        match self {
            Self::Callback(function) => function as *const () as usize,
            Self::Old(function, _) => function as *const () as usize,
        }
    }
}

impl Tasklets {
    /// Queues a tasklet, with `HIGH` or 0.
    ///
    /// # Safety
    ///
    /// The lock is held, and it is also the tasklet's. The tasklet is not queued, and stays valid
    /// and in place while it is.
    pub(super) unsafe fn insert(&self, tasklet: &TaskletStruct, high: u32) {
        tasklet.set(HIGH, high != 0);
        tasklet.set(SCHEDULED, true);
        let list = if high != 0 { &self.high } else { &self.normal };
        append(list, tasklet);
    }

    /// Queues a tasklet that was put aside.
    ///
    /// # Safety
    ///
    /// The lock is held, and the tasklet is on this queue.
    pub(super) unsafe fn move_back(&self, tasklet: &TaskletStruct) {
        tasklet.set(ASIDE, false);
        unlink(tasklet);
        // SAFETY: the same contract.
        unsafe { self.insert(tasklet, tasklet.flags.load(Relaxed) & HIGH) };
    }

    /// If `turn` is empty, fills it from the next list.
    fn next_turn(&self) {
        if first(&self.turn).is_some() {
            return;
        }
        let order =
            if self.turn_was_high.get() { [&self.normal, &self.high] } else { [&self.high, &self.normal] };
        let Some(next) = order.into_iter().find(|list| first(list).is_some()) else {
            // A new round begins.
            return self.turn_was_high.set(false);
        };
        self.turn_was_high.set(ptr::eq(next, &raw const self.high));
        while let Some(tasklet) = first(next) {
            unlink(tasklet);
            append(&self.turn, tasklet);
        }
    }
}

fn first(list: &ListHead) -> Option<*const TaskletStruct> {
    // SAFETY: the lock is held (the invariants); a tasklet begins with its node.
    unsafe { ListHead::first(list) }.map(|node| node.cast_const().cast())
}

fn append(list: &ListHead, tasklet: *const TaskletStruct) {
    let node = tasklet.cast::<ListHead>().cast_mut();
    // SAFETY: the lock is held, and the head stays where it is; the tasklet is on no list, and
    // valid and in place while it is on one (the invariants).
    unsafe { ListHead::push_back(ptr::from_ref(list).cast_mut(), node) };
}

fn unlink(tasklet: *const TaskletStruct) {
    // SAFETY: the lock is held, and the tasklet valid (the invariants).
    unsafe { ListHead::remove(tasklet.cast::<ListHead>().cast_mut()) };
}

impl Queue for Tasklets {
    type Timer = TaskletStruct;
    type Function = Function;
    const KIND: &'static ObjectKind = &TASKLET;
    const SUBSYSTEM: SubsystemId = SubsystemId::Tasklets;
    const THREAD: &'static str = "ksoftirqd/1";
    const CALLBACK: &'static str = "tasklet_struct.callback";
    const ONE: &'static str = "tasklet";
    const OOPS: &'static str = "Oops: the tasklet panicked; it is idle unless it was scheduled anew";
    const REFUSED: &'static str = "the Kernel has shut down: the tasklet stays idle (reported once)";
    const CALLS: &'static str = "calls the tasklet";
    const WAIT: WaitKind = WaitKind::Softirq;
    const WAIT_CALL: &'static str = "tasklet_kill";

    fn new() -> Self {
        Self {
            high: ListHead::new(),
            normal: ListHead::new(),
            turn: ListHead::new(),
            turn_was_high: Cell::new(false),
            aside: ListHead::new(),
        }
    }

    fn pool() -> &'static Pool<Base<Self>> {
        static POOL: Pool<Base<Tasklets>> = Pool::new();
        &POOL
    }

    unsafe fn remove(&self, tasklet: *const TaskletStruct) -> bool {
        debug_objects::end(&TASKLET, tasklet.addr());
        // SAFETY: the tasklet is valid, by the contract.
        let tasklet = unsafe { &*tasklet };
        let queued = tasklet.is_scheduled();
        tasklet.set(SCHEDULED | ASIDE, false);
        unlink(tasklet);
        queued
    }

    unsafe fn take_due(&self, _: &Clock) -> Option<*const TaskletStruct> {
        loop {
            self.next_turn();
            let tasklet = first(&self.turn)?;
            unlink(tasklet);
            // SAFETY: it was queued, so it is valid.
            let it = unsafe { &*tasklet };
            if it.disabled_count() == 0 {
                it.set(SCHEDULED, false);
                it.set(RUNNING, true);
                return Some(tasklet);
            }
            it.set(ASIDE, true);
            append(&self.aside, tasklet);
        }
    }

    unsafe fn earliest(&self) -> Option<u64> {
        // SAFETY: the same contract.
        [&self.turn, &self.high, &self.normal].into_iter().any(|list| first(list).is_some()).then_some(0)
    }

    fn deadline(_: &Clock, at: u64) -> Option<u64> {
        Some(at)
    }

    unsafe fn clear(&self) {
        for list in [&self.turn, &self.high, &self.normal, &self.aside] {
            while let Some(tasklet) = first(list) {
                // SAFETY: the same contract; it is queued, so it is valid.
                unsafe { self.remove(tasklet) };
            }
        }
    }

    fn context(_: &TaskletStruct) -> u32 {
        SOFTIRQ_OFFSET
    }

    unsafe fn function(tasklet: &TaskletStruct) -> Option<Function> {
        // SAFETY: the lock is held, by the contract.
        let function = tasklet.function.with(|function| unsafe { *function });
        // SAFETY: either form is an address or null; `use_callback` says which it is.
        unsafe {
            match tasklet.use_callback.load(Relaxed) {
                0 => function.func.map(|func| Function::Old(func, tasklet.data())),
                _ => function.callback.map(Function::Callback),
            }
        }
    }

    unsafe fn forget_function(tasklet: &TaskletStruct) {
        tasklet.flags.fetch_or(GONE, Relaxed);
        // SAFETY: the lock is held, by the contract.
        tasklet.function.with_mut(|function| unsafe { *function = Form { func: None } });
    }

    unsafe fn returned(tasklet: &TaskletStruct) {
        tasklet.set(RUNNING, false);
    }

    fn address_of(function: Function) -> usize {
        match function {
            Function::Callback(function) => function as usize,
            Function::Old(function, _) => function as usize,
        }
    }

    unsafe fn call(function: Function, tasklet: *const TaskletStruct) -> bool {
        let tasklet = ptr::with_exposed_provenance_mut(tasklet.addr());
        // SAFETY: by the contract.
        unsafe {
            match function {
                Function::Callback(callback) => callback(tasklet),
                Function::Old(func, data) => func(data),
            }
        }
        false
    }
}
