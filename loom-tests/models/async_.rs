//! Asynchronous function calls (`asynchronous.rs`).
//!
//! A task that waits for the calls below a cookie returns when they are over: not before, and it
//! does not sleep on. What follows such waits happens in the order of the cookies.

use crate::harness::{Bound, Model, in_kernel, prepared, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::refuse_threads;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "async_synchronize_full",
        claim: "a full synchronization returns when the call is over, and its caller sees what the call did",
        bound: Bound::Preemptions(2),
        outcomes: &["over"],
        run: async_synchronize_full_model,
    },
    Model {
        name: "async_cookie_order",
        claim: "two calls that wait for their cookies continue in the order of the cookies, one at a time",
        bound: Bound::Preemptions(1),
        outcomes: &["2 3"],
        run: async_cookie_order,
    },
    Model {
        name: "async_refused",
        claim: "a call that gets no worker runs on its caller, and no task waits for it; the next call gets a worker",
        bound: Bound::Preemptions(1),
        outcomes: &["2"],
        run: async_refused,
    },
];

/// A record of what the calls did, in memory that loom checks.
struct Log(UnsafeCell<Vec<AsyncCookie>>);

// SAFETY: loom checks its accesses, and all threads of a model run on one OS thread.
unsafe impl Send for Log {}
// SAFETY: as above.
unsafe impl Sync for Log {}

impl Log {
    fn new() -> Arc<Self> {
        Arc::new(Self(UnsafeCell::new(Vec::new())))
    }

    fn add(&self, cookie: AsyncCookie) {
        // SAFETY: loom checks it.
        self.0.with_mut(|log| unsafe { (*log).push(cookie) });
    }

    fn len(&self) -> usize {
        // SAFETY: loom checks it.
        self.0.with(|log| unsafe { (*log).len() })
    }

    fn told(&self) -> String {
        // SAFETY: loom checks it.
        self.0.with(|log| unsafe { format!("{} {}", (&*log)[0], (&*log)[1]) })
    }
}

/// Waits until the last call's function is over and its worker nearly is: the rest is not explored.
fn let_workers_rest() {
    prepared(|| flush_workqueue(&system_unbound_wq()));
}

/// Makes idle workers; their creation is not explored.
fn with_workers() {
    prepared(|| {
        async_schedule(|(), _| (), ());
        flush_workqueue(&system_unbound_wq());
    });
}

fn async_synchronize_full_model() -> String {
    in_kernel(|| {
        with_workers();
        let log = Log::new();
        async_schedule(|log: Arc<Log>, cookie| log.add(cookie), log.clone());
        async_synchronize_full();
        assert_eq!(log.len(), 1);
        let_workers_rest();
        "over".to_owned()
    })
}

fn async_cookie_order() -> String {
    in_kernel(|| {
        with_workers();
        let log = Log::new();
        for _ in 0..2 {
            async_schedule(
                |log: Arc<Log>, cookie| {
                    async_synchronize_cookie(cookie);
                    log.add(cookie);
                },
                log.clone(),
            );
        }
        async_synchronize_full();
        let_workers_rest();
        log.told()
    })
}

fn async_refused() -> String {
    in_kernel(|| {
        let log = Log::new();
        // The queue, and the timers' thread; its pool gets a worker with the first work item.
        prepared(|| drop(system_unbound_wq()));
        refuse_threads(0, 1);
        async_schedule(|log: Arc<Log>, cookie| log.add(cookie), log.clone());
        assert_eq!((log.len(), warnings()), (1, vec![WarningKind::OsRefused]));
        async_synchronize_full();
        async_schedule(|log: Arc<Log>, cookie| log.add(cookie), log.clone());
        async_synchronize_full();
        let calls = log.len();
        let_workers_rest();
        calls.to_string()
    })
}
