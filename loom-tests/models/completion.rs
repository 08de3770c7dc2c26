//! Completions (`completion/mod.rs`, `swait.rs`, `sync/list.rs`).
//!
//! Each `complete` lets exactly one wait return, the one that waited longest; `complete_all` lets
//! all return, now and later. A waiter that is killed or times out leaves the queue, and consumes a
//! completion only if it returns it. The completer does not touch the completion once a wait has
//! returned, so the waiter may free it at that moment. The waiter sees what the completer wrote
//! before.

use crate::harness::{Actor, Bound, Model, actor, in_small_kernel, prepared, sleeper};
use kthread_rt::__private::model::loom;
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::__private::model::pass_time;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "completion_publishes",
        claim: "the waiter sees what the completer wrote in plain memory",
        bound: Bound::Complete,
        outcomes: &["seen"],
        run: completion_publishes,
    },
    Model {
        name: "completion_freed_by_waiter",
        claim: "a waiter may free the completion as soon as its wait has returned",
        bound: Bound::Complete,
        outcomes: &["at once", "after a sleep"],
        run: completion_freed_by_waiter,
    },
    Model {
        name: "completion_freed_when_done",
        claim: "a task that saw completion_done may free the completion",
        bound: Bound::Complete,
        outcomes: &["done", "waited"],
        run: completion_freed_when_done,
    },
    Model {
        name: "completion_once_for_two",
        claim: "one complete wakes one of two waiters; the other stays, and the next complete reaches it",
        bound: Bound::Preemptions(2),
        outcomes: &["main first", "the other first"],
        run: completion_once_for_two,
    },
    Model {
        name: "completion_twice_for_two",
        claim: "two completes at once wake two waiters and leave nothing",
        bound: Bound::Preemptions(2),
        outcomes: &["both, and nothing left"],
        run: completion_twice_for_two,
    },
    Model {
        name: "completion_is_fair",
        claim: "of two sleeping waiters, the one that waited longer is woken first",
        bound: Bound::Preemptions(2),
        outcomes: &["in their order"],
        run: completion_is_fair,
    },
    Model {
        name: "completion_stolen",
        claim: "a waiter whose completion a try_wait took away keeps waiting, and the next complete reaches it",
        bound: Bound::Preemptions(2),
        outcomes: &["stolen", "not stolen"],
        run: completion_stolen,
    },
    Model {
        name: "completion_all",
        claim: "complete_all wakes two waiters, and every later wait returns",
        bound: Bound::Preemptions(2),
        outcomes: &["all"],
        run: completion_all,
    },
    Model {
        name: "completion_killed",
        claim: "a killed waiter returns ERESTARTSYS or takes its completion; it never does both and never sleeps on",
        bound: Bound::Preemptions(2),
        outcomes: &["done", "killed"],
        run: completion_killed,
    },
    Model {
        name: "completion_killed_waiter_leaves",
        claim: "a killed waiter is not on the queue any more: the next complete goes to the waiter behind it",
        bound: Bound::Preemptions(2),
        outcomes: &["it was killed", "it was done"],
        run: completion_killed_waiter_leaves,
    },
    Model {
        name: "completion_timeout",
        claim: "a wait that times out while it is completed returns 0 and leaves the completion, or takes it and returns at least 1",
        bound: Bound::Preemptions(2),
        outcomes: &["timed out", "done in time", "done when the time was over"],
        run: completion_timeout,
    },
];

fn completion_publishes() -> String {
    in_small_kernel(|| {
        let shared = Arc::new((Completion::new(), UnsafeCell::new(0)));
        let completer = actor({
            let shared = shared.clone();
            move || {
                // SAFETY: loom checks it.
                shared.1.with_mut(|cell| unsafe { *cell = 7 });
                complete(&shared.0);
            }
        });
        wait_for_completion(&shared.0);
        // SAFETY: loom checks it.
        assert_eq!(shared.1.with(|cell| unsafe { *cell }), 7);
        completer.join();
        "seen".to_owned()
    })
}

/// A completion on the heap that one side frees while the other has a pointer to it, as with one on
/// a kernel stack.
#[derive(Clone, Copy)]
struct Raw(*mut Completion);

impl Raw {
    fn new() -> Self {
        Self(Box::into_raw(Box::new(Completion::new())))
    }

    fn get(&self) -> &Completion {
        // SAFETY: that it is valid where it is used is what the models claim; loom checks it.
        unsafe { &*self.0 }
    }

    fn free(self) {
        // SAFETY: made by `new`, freed once.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

fn completion_freed_by_waiter() -> String {
    in_small_kernel(|| {
        let done = Raw::new();
        let completer = actor(move || complete(done.get()));
        let outcome = if try_wait_for_completion(done.get()) {
            "at once"
        } else {
            wait_for_completion(done.get());
            "after a sleep"
        };
        done.free();
        completer.join();
        outcome.to_owned()
    })
}

fn completion_freed_when_done() -> String {
    in_small_kernel(|| {
        let done = Raw::new();
        let completer = actor(move || complete_all(done.get()));
        let outcome = if completion_done(done.get()) {
            "done"
        } else {
            wait_for_completion(done.get());
            "waited"
        };
        done.free();
        completer.join();
        outcome.to_owned()
    })
}

/// A second waiter, which returns the position in which it was woken.
fn waiter(done: &Arc<Completion>, turn: &Arc<AtomicU32>) -> Actor<u32> {
    let (done, turn) = (done.clone(), turn.clone());
    sleeper(move || {
        wait_for_completion(&done);
        let mine = turn.fetch_add(1, Relaxed);
        if mine == 0 {
            complete(&done);
        }
        mine
    })
}

fn completion_once_for_two() -> String {
    in_small_kernel(|| {
        let (done, turn) = (Arc::new(Completion::new()), Arc::new(AtomicU32::new(0)));
        let other = waiter(&done, &turn);
        let completer = actor({
            let done = done.clone();
            move || complete(&done)
        });
        wait_for_completion(&done);
        let mine = turn.fetch_add(1, Relaxed);
        if mine == 0 {
            complete(&done);
        }
        assert_eq!(other.join() + mine, 1);
        completer.join();
        assert!(!try_wait_for_completion(&done), "two completes let three waits return");
        if mine == 0 { "main first" } else { "the other first" }.to_owned()
    })
}

fn completion_is_fair() -> String {
    in_small_kernel(|| {
        let (done, turn) = (Arc::new(Completion::new()), Arc::new(AtomicU32::new(0)));
        let waiters = prepared(|| {
            [0, 1].map(|_| {
                let waiter = waiter(&done, &turn);
                // Unexplored, it now runs until it sleeps.
                loom::thread::yield_now();
                waiter
            })
        });
        complete(&done);
        match waiters.map(Actor::join) {
            [0, 1] => "in their order",
            _ => "out of order",
        }
        .to_owned()
    })
}

fn completion_twice_for_two() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let other = sleeper({
            let done = done.clone();
            move || wait_for_completion(&done)
        });
        let completer = actor({
            let done = done.clone();
            move || {
                complete(&done);
                complete(&done);
            }
        });
        wait_for_completion(&done);
        other.join();
        completer.join();
        assert!(!completion_done(&done), "two completes let two waits return, and something is left");
        "both, and nothing left".to_owned()
    })
}

fn completion_stolen() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let completer = actor({
            let done = done.clone();
            move || complete(&done)
        });
        let thief = actor({
            let done = done.clone();
            move || {
                let stolen = try_wait_for_completion(&done);
                if stolen {
                    complete(&done);
                }
                stolen
            }
        });
        wait_for_completion(&done);
        completer.join();
        let stolen = thief.join();
        assert!(!completion_done(&done));
        if stolen { "stolen" } else { "not stolen" }.to_owned()
    })
}

fn completion_all() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let other = sleeper({
            let done = done.clone();
            move || wait_for_completion(&done)
        });
        let completer = actor({
            let done = done.clone();
            move || complete_all(&done)
        });
        wait_for_completion(&done);
        wait_for_completion(&done);
        other.join();
        completer.join();
        complete(&done);
        assert!(try_wait_for_completion(&done), "one more complete than all is none at all");
        "all".to_owned()
    })
}

fn killer() -> Actor<()> {
    let task = current();
    actor(move || send_sig(SIGKILL, &task, 1).expect("the task is alive"))
}

fn completion_killed() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let completer = actor({
            let done = done.clone();
            move || complete(&done)
        });
        let killer = killer();
        let result = wait_for_completion_killable(&done);
        completer.join();
        killer.join();
        // The completion is left if and only if the wait did not take it.
        assert_eq!(try_wait_for_completion(&done), result.is_err());
        match result {
            Ok(()) => "done",
            Err(Errno::ERESTARTSYS) => "killed",
            Err(_) => "another error",
        }
        .to_owned()
    })
}

fn completion_killed_waiter_leaves() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let other = sleeper({
            let done = done.clone();
            move || wait_for_completion(&done)
        });
        let killer = actor({
            let (task, done) = (current(), done.clone());
            move || {
                send_sig(SIGKILL, &task, 1).expect("the task is alive");
                complete(&done);
            }
        });
        let result = wait_for_completion_killable(&done);
        if result.is_ok() {
            complete(&done);
        }
        other.join();
        killer.join();
        assert!(!completion_done(&done));
        if result.is_ok() { "it was done" } else { "it was killed" }.to_owned()
    })
}

fn completion_timeout() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let completer = actor({
            let done = done.clone();
            move || complete(&done)
        });
        let clock = actor(|| pass_time(jiffies_to_nsecs(2)));
        let left = wait_for_completion_timeout(&done, 2);
        completer.join();
        clock.join();
        assert_eq!(try_wait_for_completion(&done), left == 0, "it is left if the wait did not take it");
        match left {
            0 => "timed out",
            1 => "done when the time was over",
            2 => "done in time",
            _ => "more jiffies left than the timeout",
        }
        .to_owned()
    })
}
