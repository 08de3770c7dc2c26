//! Callbacks of RCU (`call_rcu.rs`).
//!
//! Every callback is called, once, by a job or by a barrier that serves. When a barrier returns,
//! all callbacks that were queued before it are over.

use crate::harness::{Bound, Model, in_kernel, in_small_kernel, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicUsize, Ordering};
use kthread_rt::__private::model::refuse_threads;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use kthread_rt::trace::TaskId;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "call_rcu_and_barrier",
        claim: "a callback that was queued before a barrier is over when the barrier returns, whichever task calls it",
        bound: Bound::Preemptions(2),
        outcomes: &["by a worker", "by the barrier"],
        run: call_rcu_and_barrier,
    },
    Model {
        name: "call_rcu_twice",
        claim: "a callback that is queued while another is served is not forgotten",
        bound: Bound::Preemptions(2),
        outcomes: &["both"],
        run: call_rcu_twice,
    },
    Model {
        name: "call_rcu_and_reader",
        claim: "a callback is not called before the readers that were inside have left",
        bound: Bound::Preemptions(2),
        outcomes: &["new", "old"],
        run: call_rcu_and_reader,
    },
    Model {
        name: "call_rcu_refused",
        claim: "a callback whose job was refused is called with the next one, or by a barrier",
        bound: Bound::Preemptions(1),
        outcomes: &["both"],
        run: call_rcu_refused,
    },
    Model {
        name: "rcu_start_poll",
        claim: "the grace period that was started with a cookie ends without a task that waits for it",
        bound: Bound::Preemptions(1),
        outcomes: &["come"],
        run: rcu_start_poll,
    },
    Model {
        name: "call_rcu_against_barrier",
        claim: "a callback that is queued while a barrier serves is called, by the barrier or by a job; so is one that is queued later",
        bound: Bound::Preemptions(1),
        outcomes: &["by a worker", "by the barrier"],
        run: call_rcu_against_barrier,
    },
    Model {
        name: "rcu_three_barriers",
        claim: "of three barriers at once, those that wait for the server all return",
        bound: Bound::Preemptions(1),
        outcomes: &["all"],
        run: rcu_three_barriers,
    },
    Model {
        name: "rcu_two_barriers",
        claim: "two barriers at once both return, though only one of them serves",
        bound: Bound::Preemptions(3),
        outcomes: &["both"],
        run: rcu_two_barriers,
    },
    Model {
        name: "call_rcu_careless",
        claim: "a callback that leaves a section open or panics stops no later grace period and no other callback",
        bound: Bound::Preemptions(1),
        outcomes: &["by a worker", "by the barrier"],
        run: call_rcu_careless,
    },
    Model {
        name: "rcu_barrier_misused",
        claim: "a barrier in a section warns and does not wait, and the next one does",
        bound: Bound::Preemptions(1),
        outcomes: &["warned"],
        run: rcu_barrier_misused,
    },
];

/// A callback that records its caller as plain memory and completes something.
#[repr(C)]
struct Called {
    // First, so that a pointer to it is a pointer to this.
    head: std::cell::UnsafeCell<RcuHead>,
    by: UnsafeCell<Option<TaskId>>,
    done: Completion,
}

// SAFETY: loom checks the cell's accesses; the head is queued once.
unsafe impl Sync for Called {}
// SAFETY: as above.
unsafe impl Send for Called {}

impl Called {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            head: std::cell::UnsafeCell::new(RcuHead::new()),
            by: UnsafeCell::new(None),
            done: Completion::new(),
        })
    }

    /// Passes it to `call_rcu`. It lives until it is called.
    fn call(this: &Arc<Self>) {
        unsafe extern "C-unwind" fn callback(head: *mut RcuHead) {
            // SAFETY: it was made by `into_raw` below, for this call.
            let this = unsafe { Arc::from_raw(head.cast_const().cast::<Called>()) };
            // SAFETY: loom checks it.
            this.by.with_mut(|by| unsafe { *by = Some(current().id()) });
            this.done.complete();
        }
        let kept = Arc::into_raw(this.clone());
        // SAFETY: the head is the first field of a live object, and is queued once.
        unsafe { call_rcu(kept.cast_mut().cast(), callback) };
    }

    fn by(&self) -> Option<TaskId> {
        // SAFETY: loom checks it.
        self.by.with(|by| unsafe { (*by).clone() })
    }
}

/// Lets the pool that serves callbacks get its worker.
fn with_worker() {
    prepared(|| {
        let work = Work::new(|_| ());
        queue_work(&system_unbound_wq(), &work);
        flush_work(&work);
    });
}

/// Waits until no task serves the list, so that the Kernel can shut down.
fn served() {
    prepared(|| flush_workqueue(&system_unbound_wq()));
}

fn call_rcu_and_barrier() -> String {
    in_kernel(|| {
        with_worker();
        let called = Called::new();
        Called::call(&called);
        rcu_barrier();
        let by = called.by().expect("it was called before the barrier returned");
        served();
        if by == current().id() { "by the barrier" } else { "by a worker" }.to_owned()
    })
}

fn call_rcu_twice() -> String {
    in_kernel(|| {
        with_worker();
        let [first, second] = [(); 2].map(|()| Called::new());
        Called::call(&first);
        Called::call(&second);
        first.done.wait();
        second.done.wait();
        served();
        "both".to_owned()
    })
}

fn call_rcu_and_reader() -> String {
    in_kernel(|| {
        with_worker();
        // The callback writes the first; `index` says which one is current.
        let (called, index) = (Called::new(), Arc::new(AtomicUsize::new(0)));
        let reader = sleeper({
            let (called, index) = (called.clone(), index.clone());
            move || {
                rcu_read_lock();
                let old = index.load(Ordering::Acquire) == 0;
                if old {
                    assert!(called.by().is_none(), "it was called while a reader was inside");
                }
                rcu_read_unlock();
                old
            }
        });
        index.store(1, Ordering::Release);
        Called::call(&called);
        called.done.wait();
        served();
        if reader.join() { "old" } else { "new" }.to_owned()
    })
}

fn call_rcu_refused() -> String {
    in_kernel(|| {
        // The queue, and the timers' thread; its pool gets a worker with the first work item.
        prepared(|| drop(system_unbound_wq()));
        refuse_threads(0, 1);
        let [first, second] = [(); 2].map(|()| Called::new());
        Called::call(&first);
        assert_eq!((first.by(), warnings()), (None, vec![WarningKind::OsRefused]));
        Called::call(&second);
        first.done.wait();
        second.done.wait();
        served();
        "both".to_owned()
    })
}

fn rcu_start_poll() -> String {
    in_kernel(|| {
        with_worker();
        rcu_read_lock();
        let cookie = start_poll_synchronize_rcu();
        assert!(!poll_state_synchronize_rcu(cookie), "this reader is inside");
        rcu_read_unlock();
        served();
        assert!(poll_state_synchronize_rcu(cookie));
        "come".to_owned()
    })
}

fn call_rcu_against_barrier() -> String {
    in_kernel(|| {
        with_worker();
        // As in `rcu_two_barriers`.
        prepared(rcu_barrier);
        let [first, second] = [(); 2].map(|()| Called::new());
        let barrier = sleeper(|| {
            rcu_barrier();
            current().id()
        });
        Called::call(&first);
        first.done.wait();
        let barrier = barrier.join();
        // No task serves any more, and the counts are balanced.
        served();
        prepared(|| {
            Called::call(&second);
            second.done.wait();
        });
        served();
        if first.by() == Some(barrier) { "by the barrier" } else { "by a worker" }.to_owned()
    })
}

fn rcu_three_barriers() -> String {
    in_small_kernel(|| {
        // As in `rcu_two_barriers`.
        prepared(rcu_barrier);
        let others = [(); 2].map(|()| sleeper(rcu_barrier));
        rcu_barrier();
        for other in others {
            other.join();
        }
        "all".to_owned()
    })
}

fn rcu_two_barriers() -> String {
    in_small_kernel(|| {
        // The Kernel's list is created at its first use, by a cell that loom does not see.
        prepared(rcu_barrier);
        let other = sleeper(rcu_barrier);
        rcu_barrier();
        other.join();
        "both".to_owned()
    })
}

/// A head that its callback frees.
fn boxed_head() -> *mut RcuHead {
    Box::into_raw(Box::new(RcuHead::new()))
}

/// Frees `head`, a box of [`boxed_head`].
unsafe fn free(head: *mut RcuHead) {
    // SAFETY: by the contract.
    drop(unsafe { Box::from_raw(head) });
}

unsafe extern "C-unwind" fn leaves_sections_open(head: *mut RcuHead) {
    assert!(in_serving_softirq());
    // SAFETY: the models pass boxes.
    unsafe { free(head) };
    rcu_read_lock();
    preempt_disable();
}

unsafe extern "C-unwind" fn panics(head: *mut RcuHead) {
    // SAFETY: as above.
    unsafe { free(head) };
    rcu_read_lock();
    // Not `panic!`, which would print a message for each execution.
    std::panic::resume_unwind(Box::new(()));
}

fn call_rcu_careless() -> String {
    in_kernel(|| {
        with_worker();
        let called = Called::new();
        prepared(|| {
            // SAFETY: the heads are boxes that the callbacks free.
            unsafe {
                call_rcu(boxed_head(), leaves_sections_open);
                __call_rcu_in_kernel(boxed_head(), panics);
            }
            Called::call(&called);
        });
        rcu_barrier();
        assert!(!rcu_read_lock_held());
        assert_eq!(preempt_count(), 0);
        let by = called.by().expect("it was called before the barrier returned");
        // No section is open.
        prepared(synchronize_rcu);
        served();
        let of_open_sections = [WarningKind::LockMisuse; 2];
        let of_panic = [WarningKind::Oops, WarningKind::LockMisuse];
        assert_eq!(warnings(), [of_open_sections, of_panic].concat());
        if by == current().id() { "by the barrier" } else { "by a worker" }.to_owned()
    })
}

fn rcu_barrier_misused() -> String {
    in_small_kernel(|| {
        rcu_read_lock();
        rcu_barrier();
        rcu_read_unlock();
        assert_eq!(warnings(), [WarningKind::Deadlock]);
        rcu_barrier();
        assert_eq!(warnings(), []);
        "warned".to_owned()
    })
}
