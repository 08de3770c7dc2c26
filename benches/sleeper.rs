//! Ways for a thread to sleep until the thread that made its condition true wakes it.

use crate::shim::{ShimCurrent, ShimWaker};
use crossbeam_utils::sync::{Parker, Unparker};
use kthread_rt::prelude::*;
use std::thread::{self, Thread};

/// How one thread sleeps.
pub trait Sleeper: 'static {
    /// The handle by which others wake it.
    type Waker: Send + Sync + 'static;

    /// The sleeper of the calling thread.
    fn here() -> Self;

    /// What wakes it.
    fn waker(&self) -> Self::Waker;

    /// Sleeps until the condition is true. The thread that makes it true wakes this one.
    fn sleep_until(&self, condition: impl Fn() -> bool);

    /// Wakes.
    ///
    /// # Safety
    ///
    /// No thread has yet waited for the end of the thread, in the ways of
    /// [`Threads`](crate::threads::Threads).
    unsafe fn wake(waker: &Self::Waker);
}

/// `set_current_state`, `schedule` and `wake_up_process`.
#[derive(Debug)]
pub struct Schedule(());

impl Sleeper for Schedule {
    type Waker = Task;

    fn here() -> Self {
        Self(())
    }

    fn waker(&self) -> Task {
        current()
    }

    fn sleep_until(&self, condition: impl Fn() -> bool) {
        loop {
            set_current_state(TASK_UNINTERRUPTIBLE);
            if condition() {
                break;
            }
            schedule();
        }
        __set_current_state(TASK_RUNNING);
    }

    unsafe fn wake(task: &Task) {
        wake_up_process(task);
    }
}

/// std's `park` and `unpark`.
#[derive(Debug)]
pub struct Park(());

impl Sleeper for Park {
    type Waker = Thread;

    fn here() -> Self {
        Self(())
    }

    fn waker(&self) -> Thread {
        thread::current()
    }

    fn sleep_until(&self, condition: impl Fn() -> bool) {
        while !condition() {
            thread::park();
        }
    }

    unsafe fn wake(thread: &Thread) {
        thread.unpark();
    }
}

/// crossbeam's.
impl Sleeper for Parker {
    type Waker = Unparker;

    fn here() -> Self {
        Self::new()
    }

    fn waker(&self) -> Unparker {
        self.unparker().clone()
    }

    fn sleep_until(&self, condition: impl Fn() -> bool) {
        while !condition() {
            self.park();
        }
    }

    unsafe fn wake(unparker: &Unparker) {
        unparker.unpark();
    }
}

/// The C shim's.
impl Sleeper for ShimCurrent {
    type Waker = ShimWaker;

    fn here() -> Self {
        Self::get()
    }

    fn waker(&self) -> ShimWaker {
        (*self).waker()
    }

    fn sleep_until(&self, condition: impl Fn() -> bool) {
        (*self).sleep_until(condition);
    }

    unsafe fn wake(waker: &ShimWaker) {
        // SAFETY: the caller's promise; the shim's threads end in `stop`.
        unsafe { waker.wake_up_process() }
    }
}
