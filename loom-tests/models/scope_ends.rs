//! How the threads of a scope end (`kthread/scope.rs`).
//!
//! A join waits for a function's own end, a stop asks for it; both take a panic as their answer,
//! and the scope panics for the others. No thread outlives its scope, also if there are several, or
//! if a thread of the scope makes another while the scope ends.

use crate::harness::{Bound, Model, in_kernel, prepared, warnings};
use kthread_rt::__private::model as backend;
use kthread_rt::__private::model::loom;
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::diag::WarningKind;
use kthread_rt::kthread::{Scope, scope};
use kthread_rt::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "scope_join",
        claim: "a join returns when the function has returned by itself, with its result and all its writes",
        bound: Bound::Preemptions(2),
        outcomes: &["5"],
        run: scope_join,
    },
    Model {
        name: "scope_several",
        claim: "a scope ends all its threads, whether they run, were never woken, or have been stopped",
        bound: Bound::Preemptions(1),
        outcomes: &["2 dropped, 0 ran", "2 dropped, 1 ran", "2 dropped, 2 ran"],
        run: scope_several,
    },
    Model {
        name: "scope_forgets_what_is_over",
        claim: "a scope that makes a thread while another ends still ends both, after all their writes",
        bound: Bound::Preemptions(1),
        outcomes: &["both ended"],
        run: scope_forgets_what_is_over,
    },
    Model {
        name: "scope_made_while_it_ends",
        claim: "a thread that a thread of the scope makes while the scope ends is stopped too, and its function is dropped before the end",
        bound: Bound::Preemptions(1),
        outcomes: &["dropped"],
        run: scope_made_while_it_ends,
    },
    Model {
        name: "scope_panic",
        claim: "a thread's panic is the scope's, unless a join or a stop has returned it",
        bound: Bound::Preemptions(1),
        outcomes: &["join: none, stop: none, left: panics"],
        run: scope_panic,
    },
    Model {
        name: "scope_panic_of_two",
        claim: "a scope that panics for one thread has ended the others before",
        bound: Bound::Preemptions(1),
        outcomes: &["after the end"],
        run: scope_panic_of_two,
    },
    Model {
        name: "scope_exit",
        claim: "a thread of a scope that calls kthread_exit has not panicked",
        bound: Bound::Preemptions(1),
        outcomes: &["6"],
        run: scope_exit,
    },
    Model {
        name: "scope_refused",
        claim: "a scope does not wait for a thread that the system refused",
        bound: Bound::Preemptions(2),
        outcomes: &["EAGAIN"],
        run: scope_refused,
    },
];

/// What the threads borrow: how many of them ran, and how many functions were dropped.
struct Counts {
    ran: UnsafeCell<u32>,
    dropped: UnsafeCell<u32>,
}

// SAFETY: loom checks the accesses.
unsafe impl Sync for Counts {}

impl Counts {
    fn new() -> Self {
        Self { ran: UnsafeCell::new(0), dropped: UnsafeCell::new(0) }
    }
}

fn add(cell: &UnsafeCell<u32>) {
    // SAFETY: loom checks that no other access is concurrent.
    cell.with_mut(|count| unsafe { *count += 1 });
}

fn get(cell: &UnsafeCell<u32>) -> u32 {
    // SAFETY: as above.
    cell.with(|count| unsafe { *count })
}

/// Held by a function: notes that it was dropped.
struct Held<'a>(&'a Counts);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        add(&self.0.dropped);
    }
}

fn scope_join() -> String {
    in_kernel(|| {
        let counts = Counts::new();
        scope(|s| {
            let (go, held) = (Arc::new(Completion::new()), Held(&counts));
            let waits = go.clone();
            let function = move || {
                let held = held;
                wait_for_completion(&waits);
                assert!(!kthread_should_stop(), "a join asks for nothing");
                add(&held.0.ran);
                5
            };
            let thread = prepared(|| s.run(function, "joined").expect("nothing refuses it"));
            complete(&go);
            let result = thread.join();
            assert_eq!((get(&counts.ran), get(&counts.dropped)), (1, 1), "its function is not over");
            result.as_return().to_string()
        })
    })
}

fn scope_several() -> String {
    in_kernel(|| {
        // Each thread has its own, since they run beside each other.
        let counts = [Counts::new(), Counts::new()];
        scope(|s| {
            for counts in &counts {
                let held = Held(counts);
                let function = move || {
                    let held = held;
                    add(&held.0.ran);
                    while !kthread_should_stop() {
                        schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
                    }
                    0
                };
                let thread = prepared(|| s.create(function, "several").expect("nothing refuses it"));
                wake_up_process(thread.task());
            }
        });
        let sum = |of: fn(&Counts) -> u32| counts.iter().map(of).sum::<u32>();
        let (dropped, ran) = (sum(|counts| get(&counts.dropped)), sum(|counts| get(&counts.ran)));
        format!("{dropped} dropped, {ran} ran")
    })
}

fn scope_forgets_what_is_over() -> String {
    in_kernel(|| {
        let counts = [Counts::new(), Counts::new()];
        let [first, second] = scope(|s| {
            let go = Arc::new(Completion::new());
            let (waits, held, late) = (go.clone(), Held(&counts[0]), Held(&counts[1]));
            let function = move || {
                let held = held;
                wait_for_completion(&waits);
                add(&held.0.ran);
                0
            };
            let never_runs = move || {
                let late = late;
                add(&late.0.ran);
                0
            };
            let first = prepared(|| s.run(function, "first").expect("nothing refuses it"));
            complete(&go);
            let second = s.create(never_runs, "second").expect("nothing refuses it");
            [first.task().clone(), second.task().clone()]
        });
        assert_eq!([first.exit_state(), second.exit_state()], [EXIT_DEAD; 2], "a thread outlives its scope");
        assert_eq!((get(&counts[0].ran), get(&counts[0].dropped)), (1, 1));
        assert_eq!((get(&counts[1].ran), get(&counts[1].dropped)), (0, 1));
        "both ended".to_owned()
    })
}

fn make_another<'scope>(s: &'scope Scope<'scope, '_>, counts: &'scope Counts) {
    let held = Held(counts);
    let function = move || {
        let held = held;
        add(&held.0.ran);
        0
    };
    s.create(function, "another").map(drop).expect("nothing refuses it");
}

fn scope_made_while_it_ends() -> String {
    in_kernel(|| {
        let counts = Counts::new();
        scope(|s| {
            let counts = &counts;
            let go = Arc::new(Completion::new());
            let begins = go.clone();
            let makes = move || {
                wait_for_completion(&begins);
                make_another(s, counts);
                0
            };
            prepared(|| s.run(makes, "makes").map(drop).expect("nothing refuses it"));
            complete(&go);
        });
        assert_eq!((get(&counts.ran), get(&counts.dropped)), (0, 1), "its function is not over");
        "dropped".to_owned()
    })
}

/// A panic without the report of one, which is not the model's concern.
fn panics() -> i32 {
    resume_unwind(Box::new("a thread of the scope"))
}

fn is_a_panic<T>(f: impl FnOnce() -> T) -> bool {
    catch_unwind(AssertUnwindSafe(f)).is_err()
}

fn scope_panic() -> String {
    in_kernel(|| {
        let joined = is_a_panic(|| {
            scope(|s| {
                let thread = prepared(|| s.run(panics, "joined").expect("nothing refuses it"));
                assert_eq!(thread.join(), ExitStatus::Panicked);
            })
        });
        let stopped = is_a_panic(|| {
            scope(|s| {
                let thread = prepared(|| s.run(panics, "stopped").expect("nothing refuses it"));
                assert_eq!(thread.stop(), Ok(ExitStatus::Panicked));
            })
        });
        let left = is_a_panic(|| {
            scope(|s| {
                let thread = prepared(|| s.run(panics, "left").expect("nothing refuses it"));
                let task = thread.task();
                prepared(|| {
                    while task.exit_state() != EXIT_DEAD {
                        loom::thread::yield_now()
                    }
                });
                // The scope makes others, and forgets those that are over and not to be reported.
                backend::refuse_threads(0, 1);
                assert!(s.create(|| 0, "refused").is_err());
            })
        });
        assert_eq!(warnings(), [WarningKind::Oops; 3]);
        let word = |panicked| if panicked { "panics" } else { "none" };
        format!("join: {}, stop: {}, left: {}", word(joined), word(stopped), word(left))
    })
}

fn scope_panic_of_two() -> String {
    in_kernel(|| {
        let counts = Counts::new();
        let panicked = is_a_panic(|| {
            scope(|s| {
                let held = Held(&counts);
                let function = move || {
                    let held = held;
                    add(&held.0.ran);
                    while !kthread_should_stop() {
                        schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
                    }
                    0
                };
                let left = prepared(|| {
                    let bad = s.run(panics, "bad").map(drop);
                    bad.and_then(|()| s.run(function, "good"))
                });
                left.map(drop).expect("nothing refuses it");
            })
        });
        assert!(panicked, "the panic was lost");
        assert_eq!((get(&counts.ran), get(&counts.dropped)), (1, 1), "a thread outlives its scope");
        assert_eq!(warnings(), [WarningKind::Oops]);
        "after the end".to_owned()
    })
}

fn scope_exit() -> String {
    in_kernel(|| {
        scope(|s| {
            let thread = prepared(|| s.run(|| kthread_exit(6), "exits").expect("nothing refuses it"));
            thread.task().clone()
        });
        let result = scope(|s| {
            let thread = prepared(|| s.run(|| kthread_exit(6), "exits").expect("nothing refuses it"));
            thread.join()
        });
        result.as_return().to_string()
    })
}

fn scope_refused() -> String {
    in_kernel(|| {
        let counts = Counts::new();
        backend::refuse_threads(0, 1);
        let errno = scope(|s| {
            let held = Held(&counts);
            let function = move || {
                let held = held;
                add(&held.0.ran);
                0
            };
            s.create(function, "refused").map(drop).expect_err("the system refuses it")
        });
        assert_eq!((get(&counts.ran), get(&counts.dropped)), (0, 1));
        format!("{errno:?}")
    })
}
