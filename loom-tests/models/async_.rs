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
    Model {
        name: "async_domains",
        claim: "a wait covers all calls of its domain, and without a domain all those of the registered ones",
        bound: Bound::Preemptions(1),
        outcomes: &["2 2"],
        run: async_domains,
    },
    Model {
        name: "async_waits_for_itself",
        claim: "a call that waits for its own end waits for the calls before it, with a warning; one of another domain is not warned",
        bound: Bound::Preemptions(1),
        outcomes: &["over"],
        run: async_waits_for_itself,
    },
    Model {
        name: "async_oops",
        claim: "a call that panics is over, and its worker is no call's any more",
        bound: Bound::Preemptions(1),
        outcomes: &["over"],
        run: async_oops,
    },
    Model {
        name: "async_too_many",
        claim: "of too many pending calls, the last one runs on its caller, before the others; later there is room again",
        bound: Bound::Preemptions(1),
        outcomes: &["over"],
        run: async_too_many,
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

    fn first(&self) -> AsyncCookie {
        // SAFETY: loom checks it.
        self.0.with(|log| unsafe { (&*log)[0] })
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

fn async_domains() -> String {
    in_kernel(|| {
        with_workers();
        let logs = [(); 2].map(|()| Log::new());
        let schedule = |domain: &AsyncDomain| {
            // No worker runs before both are scheduled.
            prepared(|| {
                for log in &logs {
                    async_schedule_domain(|log: Arc<Log>, cookie| log.add(cookie), log.clone(), domain);
                }
            });
        };
        let (exclusive, registered) = (AsyncDomain::exclusive(), AsyncDomain::new());
        schedule(&exclusive);
        async_synchronize_full_domain(&exclusive);
        assert_eq!(logs.each_ref().map(|log| log.len()), [1; 2]);
        schedule(&registered);
        async_synchronize_full();
        let calls = logs.each_ref().map(|log| log.len());
        let_workers_rest();
        format!("{} {}", calls[0], calls[1])
    })
}

fn async_waits_for_itself() -> String {
    in_kernel(|| {
        with_workers();
        let domains = [AsyncDomain::new(), AsyncDomain::exclusive()].map(Arc::new);
        for domain in &domains {
            let other =
                domains.iter().find(|other| !Arc::ptr_eq(domain, other)).expect("there are two").clone();
            let own = domain.clone();
            domain.schedule(move |cookie| {
                assert!(current_is_async());
                // Neither has an end to wait for.
                async_synchronize_full_domain(&other);
                async_synchronize_cookie_domain(cookie, &own);
                assert_eq!(warnings(), []);
                async_synchronize_full_domain(&own);
                assert_eq!(warnings(), [WarningKind::Deadlock]);
            });
            domain.synchronize_full();
        }
        // An exclusive call is none of the registered ones.
        async_schedule_domain(|(), _| async_synchronize_full(), (), &domains[1]);
        async_synchronize_full_domain(&domains[1]);
        assert_eq!(warnings(), []);
        async_schedule_domain(|(), _| async_synchronize_full(), (), &domains[0]);
        async_synchronize_full();
        assert_eq!(warnings(), [WarningKind::Deadlock]);
        let_workers_rest();
        "over".to_owned()
    })
}

fn async_oops() -> String {
    in_kernel(|| {
        with_workers();
        // Not `panic!`, which would print a message for each execution.
        async_schedule(|(), _| std::panic::resume_unwind(Box::new(())), ());
        async_synchronize_full();
        let work = Work::new(|_| {
            assert!(!current_is_async());
            async_synchronize_full();
        });
        queue_work(&system_unbound_wq(), &work);
        flush_work(&work);
        prepared(|| drop(work));
        let_workers_rest();
        assert_eq!(warnings(), [WarningKind::Oops]);
        "over".to_owned()
    })
}

fn async_too_many() -> String {
    in_kernel(|| {
        with_workers();
        let me = current().id();
        let fill = || {
            let log = Log::new();
            let call = |log: Arc<Log>, me, cookie| {
                if current().id() == me {
                    log.add(cookie);
                }
            };
            let schedule = |()| {
                let me = me.clone();
                async_schedule(move |log, cookie| call(log, me, cookie), log.clone())
            };
            // No worker runs before all are scheduled.
            let cookies = prepared(|| [(); 4].map(schedule));
            assert_eq!(
                (log.len(), log.first()),
                (1, cookies[3]),
                "the caller runs the last one, and no other"
            );
        };
        fill();
        async_synchronize_full();
        fill();
        prepared(async_synchronize_full);
        let_workers_rest();
        "over".to_owned()
    })
}
