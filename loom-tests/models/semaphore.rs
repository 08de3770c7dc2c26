//! Semaphores (`semaphore/mod.rs`, `lock_queue.rs`).
//!
//! Each `up` lets one `down` return, the one that waited longest, and none is lost on a waiter that
//! is killed or times out. What was done before the `up` is visible after the `down`. The `up` does
//! not touch the semaphore any more once the `down` has returned.

use super::locks::{address_of, assert_at_rest, waiting, with};
use crate::harness::{Actor, Bound, Model, actor, asleep, in_small_kernel, sleeper, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::pass_time;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::cell::RefCell;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "semaphore_excludes",
        claim: "with a count of one, two tasks change plain memory one after the other",
        bound: Bound::Preemptions(3),
        outcomes: &["main first", "other first"],
        run: semaphore_excludes,
    },
    Model {
        name: "semaphore_publishes",
        claim: "what was done before the up is visible after the down, and the down never sleeps for ever",
        bound: Bound::Preemptions(3),
        outcomes: &["seen"],
        run: semaphore_publishes,
    },
    Model {
        name: "semaphore_two_for_two",
        claim: "two ups at once let two downs return and leave nothing",
        bound: Bound::Preemptions(2),
        outcomes: &["both, and nothing left"],
        run: semaphore_two_for_two,
    },
    Model {
        name: "semaphore_trylock",
        claim: "a trylock that races with an up takes the unit or leaves it",
        bound: Bound::Complete,
        outcomes: &["taken", "left"],
        run: semaphore_trylock,
    },
    Model {
        name: "semaphore_killed",
        claim: "a killed down returns EINTR and leaves the unit, or takes it",
        bound: Bound::Preemptions(2),
        outcomes: &["taken", "killed"],
        run: semaphore_killed,
    },
    Model {
        name: "semaphore_killed_waiter_leaves",
        claim: "a killed waiter is not on the queue any more: the next up goes to the waiter behind it",
        bound: Bound::Preemptions(2),
        outcomes: &["taken", "killed"],
        run: semaphore_killed_waiter_leaves,
    },
    Model {
        name: "semaphore_timeout",
        claim: "a down that times out when the up comes returns ETIME and leaves the unit, or takes it",
        bound: Bound::Preemptions(2),
        outcomes: &["taken", "timed out"],
        run: semaphore_timeout,
    },
    Model {
        name: "semaphore_in_time",
        claim: "a down with a timeout waits for an up that comes before the timeout",
        bound: Bound::Preemptions(2),
        outcomes: &["taken"],
        run: semaphore_in_time,
    },
    Model {
        name: "semaphore_freed_by_waiter",
        claim: "a waiter may free the semaphore as soon as its down has returned",
        bound: Bound::Preemptions(3),
        outcomes: &["at once", "after a sleep"],
        run: semaphore_freed_by_waiter,
    },
    Model {
        name: "semaphore_freed_behind_killed",
        claim: "an up that finds its waiter killed and gone does not touch the semaphore once the next user may free it",
        bound: Bound::Preemptions(3),
        outcomes: &["taken", "killed"],
        run: semaphore_freed_behind_killed,
    },
    Model {
        name: "semaphore_in_order",
        claim: "two waiters get their units in the order in which they came, before any later task",
        bound: Bound::Preemptions(2),
        outcomes: &["first, second"],
        run: semaphore_in_order,
    },
    Model {
        name: "semaphore_new_waiter_behind_killed",
        claim: "an up that finds its waiter killed and gone does not miss a waiter that comes then",
        bound: Bound::Preemptions(2),
        outcomes: &["taken", "killed"],
        run: semaphore_new_waiter_behind_killed,
    },
    Model {
        name: "semaphore_at_its_limits",
        claim: "an up beyond the limit warns and adds nothing; a negative timeout ends at once; a guard returns its unit",
        bound: Bound::Complete,
        outcomes: &["at its limits"],
        run: semaphore_at_its_limits,
    },
];

thread_local! {
    // std's cell: all threads of a model run on one OS thread.
    static ORDER: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Checks that the count is `count`, and that a unit can be added and taken again.
fn assert_count(semaphore: &Semaphore, count: u32) {
    assert_eq!(semaphore.count(), count);
    up(semaphore);
    assert!(!down_trylock(semaphore));
    assert_eq!(semaphore.count(), count);
    assert_at_rest();
}

fn upper(semaphore: &Arc<Semaphore>) -> Actor<()> {
    let semaphore = semaphore.clone();
    actor(move || up(&semaphore))
}

fn killer() -> Actor<()> {
    let task = current();
    actor(move || send_sig(SIGKILL, &task, 1).expect("the task is alive"))
}

fn semaphore_excludes() -> String {
    in_small_kernel(|| {
        let shared = Arc::new((Semaphore::new(1), UnsafeCell::new(0)));
        let turn = |shared: &(Semaphore, UnsafeCell<u32>)| {
            down(&shared.0);
            // SAFETY: loom checks it.
            let turn = shared.1.with_mut(|turn| unsafe {
                *turn += 1;
                *turn
            });
            up(&shared.0);
            turn
        };
        let other = sleeper({
            let shared = shared.clone();
            move || turn(&shared)
        });
        let mine = turn(&shared);
        assert_eq!(mine + other.join(), 3);
        assert_count(&shared.0, 1);
        if mine == 1 { "main first" } else { "other first" }.to_owned()
    })
}

fn semaphore_publishes() -> String {
    in_small_kernel(|| {
        let shared = Arc::new((Semaphore::new(0), UnsafeCell::new(0)));
        let upper = actor({
            let shared = shared.clone();
            move || {
                // SAFETY: loom checks it.
                shared.1.with_mut(|cell| unsafe { *cell = 7 });
                up(&shared.0);
            }
        });
        down(&shared.0);
        // SAFETY: loom checks it.
        assert_eq!(shared.1.with(|cell| unsafe { *cell }), 7);
        upper.join();
        "seen".to_owned()
    })
}

fn semaphore_two_for_two() -> String {
    in_small_kernel(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let other = sleeper({
            let semaphore = semaphore.clone();
            move || down(&semaphore)
        });
        let upper = actor({
            let semaphore = semaphore.clone();
            move || {
                up(&semaphore);
                up(&semaphore);
            }
        });
        down(&semaphore);
        other.join();
        upper.join();
        assert!(down_trylock(&semaphore), "two ups let three downs through");
        assert_count(&semaphore, 0);
        "both, and nothing left".to_owned()
    })
}

fn semaphore_trylock() -> String {
    in_small_kernel(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let upper = upper(&semaphore);
        let failed = down_trylock(&semaphore);
        upper.join();
        assert_count(&semaphore, u32::from(failed));
        if failed { "left" } else { "taken" }.to_owned()
    })
}

fn taken_or_killed(result: Result<(), Errno>) -> String {
    match result {
        Ok(()) => "taken",
        Err(Errno::EINTR) => "killed",
        Err(_) => "another error",
    }
    .to_owned()
}

fn semaphore_killed() -> String {
    in_small_kernel(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let (upper, killer) = (upper(&semaphore), killer());
        let result = down_killable(&semaphore);
        upper.join();
        killer.join();
        assert_eq!(
            !down_trylock(&semaphore),
            result.is_err(),
            "the unit is left if the down did not take it"
        );
        assert_count(&semaphore, 0);
        taken_or_killed(result)
    })
}

fn semaphore_killed_waiter_leaves() -> String {
    in_small_kernel(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let other = sleeper({
            let semaphore = semaphore.clone();
            move || down(&semaphore)
        });
        let killer = actor({
            let (task, semaphore) = (current(), semaphore.clone());
            move || {
                send_sig(SIGKILL, &task, 1).expect("the task is alive");
                up(&semaphore);
            }
        });
        let result = down_killable(&semaphore);
        if result.is_ok() {
            up(&semaphore);
        }
        other.join();
        killer.join();
        assert_count(&semaphore, 0);
        taken_or_killed(result)
    })
}

fn semaphore_timeout() -> String {
    in_small_kernel(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let upper = upper(&semaphore);
        let clock = actor(|| pass_time(jiffies_to_nsecs(2)));
        let result = down_timeout(&semaphore, 2);
        upper.join();
        clock.join();
        assert_eq!(
            semaphore.count(),
            u32::from(result.is_err()),
            "the unit is left if the down did not take it"
        );
        assert_count(&semaphore, u32::from(result.is_err()));
        match result {
            Ok(()) => "taken",
            Err(Errno::ETIME) => "timed out",
            Err(_) => "another error",
        }
        .to_owned()
    })
}

fn semaphore_in_time() -> String {
    in_small_kernel(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let upper = upper(&semaphore);
        let result = down_timeout(&semaphore, 2);
        upper.join();
        assert_count(&semaphore, 0);
        taken_or_killed(result)
    })
}

/// A semaphore on the heap that one side frees while the other has a pointer to it, as with one on
/// a kernel stack.
#[derive(Clone, Copy)]
struct Raw(*mut Semaphore);

impl Raw {
    fn get(&self) -> &Semaphore {
        // SAFETY: the model claims that it is valid where it is used; loom checks it.
        unsafe { &*self.0 }
    }
}

fn semaphore_freed_by_waiter() -> String {
    in_small_kernel(|| {
        let semaphore = Raw(Box::into_raw(Box::new(Semaphore::new(0))));
        let upper = actor(move || up(semaphore.get()));
        let outcome = if !down_trylock(semaphore.get()) {
            "at once"
        } else {
            down(semaphore.get());
            "after a sleep"
        };
        // SAFETY: made above, freed once.
        drop(unsafe { Box::from_raw(semaphore.0) });
        upper.join();
        outcome.to_owned()
    })
}

fn semaphore_freed_behind_killed() -> String {
    in_small_kernel(|| {
        let semaphore = Raw(Box::into_raw(Box::new(Semaphore::new(0))));
        let gone = Arc::new(Completion::new());
        let (killed, task) = asleep({
            let gone = gone.clone();
            move || {
                let result = down_killable(semaphore.get());
                if result.is_ok() {
                    up(semaphore.get());
                }
                complete(&gone);
                result
            }
        });
        let other = sleeper(move || {
            wait_for_completion(&gone);
            down(semaphore.get());
            // SAFETY: made above; this is its last user, once the up that let it return has
            // finished with it.
            drop(unsafe { Box::from_raw(semaphore.0) });
        });
        send_sig(SIGKILL, &task, 1).expect("it waits");
        drop(task);
        up(semaphore.get());
        other.join();
        taken_or_killed(killed.join())
    })
}

fn semaphore_in_order() -> String {
    in_small_kernel(|| {
        ORDER.take();
        let semaphore = Arc::new(Semaphore::new(0));
        let taker = |who: &'static str| {
            move |semaphore: &Semaphore| {
                down(semaphore);
                ORDER.with_borrow_mut(|order| order.push(who));
                up(semaphore);
            }
        };
        let (first, task) = waiting(&semaphore, taker("first"));
        let (second, _) = waiting(&semaphore, taker("second"));
        assert_eq!(task.waits_on().map(|on| on.address), Some(address_of(&*semaphore)));
        assert!(semaphore.count() == 0 && down_trylock(&semaphore));
        up(&semaphore);
        first.join();
        second.join();
        assert_count(&semaphore, 1);
        ORDER.take().join(", ")
    })
}

fn semaphore_new_waiter_behind_killed() -> String {
    in_small_kernel(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let (killed, task) = waiting(&semaphore, |semaphore| {
            let result = down_killable(semaphore);
            if result.is_ok() {
                up(semaphore);
            }
            result
        });
        let new = with(&semaphore, move |semaphore| {
            // ESRCH if it has got the unit and ended before.
            let _ = send_sig(SIGKILL, &task, 1);
            down(semaphore);
        });
        up(&semaphore);
        new.join();
        let result = killed.join();
        assert_count(&semaphore, 0);
        taken_or_killed(result)
    })
}

fn semaphore_at_its_limits() -> String {
    in_small_kernel(|| {
        let full = Semaphore::new(Semaphore::MAX_COUNT);
        up(&full);
        assert_eq!((full.count(), warnings()), (Semaphore::MAX_COUNT, vec![WarningKind::LockMisuse]));
        down(&full);
        up(&full);
        assert_eq!((full.count(), warnings()), (Semaphore::MAX_COUNT, vec![]));
        let empty = Semaphore::new(0);
        // Time stands still, so only a timeout of 0 ends.
        assert_eq!(down_timeout(&empty, -1_i64 as u64), Err(Errno::ETIME));
        assert_count(&empty, 0);
        let one = Semaphore::new(1);
        let unit = one.acquire();
        assert!(one.count() == 0 && one.try_acquire().is_none());
        drop(unit);
        drop(one.try_acquire().expect("it was returned"));
        assert_count(&one, 1);
        "at its limits".to_owned()
    })
}
