//! Parking (`kthread/park.rs`).
//!
//! `kthread_park` returns when the thread sleeps in TASK_PARKED, which only `kthread_unpark` ends;
//! or when it is certain that the thread will not park. An unpark or a stop that comes while the
//! thread is about to park is not lost. A thread that parks itself leaves nothing behind that a
//! later park would mistake for its own.

use crate::harness::{Actor, Bound, Model, actor, created, in_kernel, sleeper, started, warnings};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "park_and_unpark",
        claim: "a park of a sleeping thread returns when it is parked, and the unpark lets it continue",
        bound: Bound::Preemptions(2),
        outcomes: &["7"],
        run: park_and_unpark,
    },
    Model {
        name: "park_before_first_wake",
        claim: "a thread that was never woken parks without running its function, and runs it if it is stopped then",
        bound: Bound::Preemptions(2),
        outcomes: &["7"],
        run: park_before_first_wake,
    },
    Model {
        name: "park_against_wake",
        claim: "a wake-up at any point of a park leaves the thread parked",
        bound: Bound::Preemptions(2),
        outcomes: &["7"],
        run: park_against_wake,
    },
    Model {
        name: "park_twice",
        claim: "of two parks at once, one gets EBUSY and the other returns when the thread is parked",
        bound: Bound::Preemptions(2),
        outcomes: &["Ok(()) Err(EBUSY)", "Err(EBUSY) Ok(())"],
        run: park_twice,
    },
    Model {
        name: "park_again",
        claim: "a park after an unpark waits for the thread to park anew",
        bound: Bound::Preemptions(2),
        outcomes: &["7"],
        run: park_again,
    },
    Model {
        name: "park_unparked_while_parking",
        claim: "an unpark of a thread that is about to park itself lets it continue",
        bound: Bound::Preemptions(2),
        outcomes: &["went on"],
        run: park_unparked_while_parking,
    },
    Model {
        name: "park_stopped_while_parking",
        claim: "a stop of a thread that is about to park itself lets it continue, and it sees should_stop",
        bound: Bound::Preemptions(2),
        outcomes: &["7"],
        run: park_stopped_while_parking,
    },
    Model {
        name: "park_after_its_own",
        claim: "a park after one that the thread requested itself does not return before the thread is parked",
        bound: Bound::Preemptions(2),
        outcomes: &["7"],
        run: park_after_its_own,
    },
    Model {
        name: "park_against_unpark",
        claim: "a park that another task undoes at once returns, whether or not the thread got as far as parking",
        bound: Bound::Preemptions(1),
        outcomes: &["stays parked", "undone"],
        run: park_against_unpark,
    },
    Model {
        name: "park_against_exit",
        claim: "a park of a thread that ends instead returns ENOSYS, and does not wait for ever",
        bound: Bound::Preemptions(2),
        outcomes: &["Ok(())", "Err(ENOSYS)"],
        run: park_against_exit,
    },
    Model {
        name: "park_against_stop",
        claim: "if a park races with a stop, the thread parks until it is unparked, or ends, and both calls return",
        bound: Bound::Preemptions(2),
        outcomes: &["Ok(())", "Err(ENOSYS)"],
        run: park_against_stop,
    },
];

/// The function of a kthread that can be parked.
fn parkable() -> i32 {
    while !kthread_should_stop() {
        kthread_parkme();
        set_current_state(TASK_INTERRUPTIBLE);
        if !kthread_should_stop_or_park() {
            schedule();
        }
        set_current_state(TASK_RUNNING);
    }
    7
}

fn assert_parked(task: &Task) {
    assert_eq!(task.state(), TASK_PARKED, "the park returned and the thread is not parked");
    assert!(!task.on_rq(), "the park returned and the thread is not asleep");
}

fn park_and_unpark() -> String {
    in_kernel(|| {
        let task = started(|_| parkable());
        assert_eq!(kthread_park(&task), Ok(()));
        assert_parked(&task);
        kthread_unpark(&task);
        kthread_stop(&task).to_string()
    })
}

fn park_before_first_wake() -> String {
    in_kernel(|| {
        let task = created(|()| parkable(), ());
        assert_eq!(kthread_park(&task), Ok(()));
        assert_parked(&task);
        kthread_stop(&task).to_string()
    })
}

fn park_against_wake() -> String {
    in_kernel(|| {
        let task = started(|_| parkable());
        let waker = actor({
            let task = task.clone();
            move || wake_up_process(&task)
        });
        assert_eq!(kthread_park(&task), Ok(()));
        waker.join();
        assert_parked(&task);
        kthread_stop(&task).to_string()
    })
}

fn parker(task: &Task) -> Actor<Result<(), Errno>> {
    let task = task.clone();
    sleeper(move || kthread_park(&task))
}

fn park_twice() -> String {
    in_kernel(|| {
        let task = started(|_| parkable());
        let other = parker(&task);
        let mine = kthread_park(&task);
        if mine.is_ok() {
            assert_parked(&task);
        }
        let theirs = other.join();
        assert_parked(&task);
        assert_eq!(warnings(), [WarningKind::ParkTwice]);
        assert_eq!(kthread_stop(&task), 7);
        format!("{mine:?} {theirs:?}")
    })
}

fn park_again() -> String {
    in_kernel(|| {
        let task = started(|_| parkable());
        for _ in 0..2 {
            assert_eq!(kthread_park(&task), Ok(()));
            assert_parked(&task);
            kthread_unpark(&task);
        }
        kthread_stop(&task).to_string()
    })
}

/// A thread that has asked itself to park, and is about to.
fn about_to_park() -> Task {
    let (ready, asked) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
    let task = started({
        let (ready, asked) = (ready.clone(), asked.clone());
        move |_| {
            kthread_park(&current()).expect("no park is pending");
            complete(&asked);
            wait_for_completion(&ready);
            kthread_parkme();
            parkable()
        }
    });
    crate::harness::prepared(|| wait_for_completion(&asked));
    complete(&ready);
    task
}

fn park_unparked_while_parking() -> String {
    in_kernel(|| {
        let task = about_to_park();
        kthread_unpark(&task);
        // It is not parked now, nor about to be; it sleeps, or will, in its next sleep.
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        assert_ne!(task.state(), TASK_PARKED);
        assert_eq!(kthread_stop(&task), 7);
        "went on".to_owned()
    })
}

fn park_stopped_while_parking() -> String {
    in_kernel(|| {
        let task = about_to_park();
        kthread_stop(&task).to_string()
    })
}

fn park_after_its_own() -> String {
    in_kernel(|| {
        let task = about_to_park();
        kthread_unpark(&task);
        assert_eq!(kthread_park(&task), Ok(()));
        assert_parked(&task);
        kthread_stop(&task).to_string()
    })
}

fn park_against_unpark() -> String {
    in_kernel(|| {
        let task = started(|_| parkable());
        let other = sleeper({
            let task = task.clone();
            move || kthread_unpark(&task)
        });
        assert_eq!(kthread_park(&task), Ok(()));
        other.join();
        // If the park is not undone, the thread is about to sleep in this state.
        let parked = wait_task_inactive(&task, TASK_PARKED);
        assert_eq!(kthread_stop(&task), 7);
        if parked { "stays parked" } else { "undone" }.to_owned()
    })
}

fn park_against_exit() -> String {
    in_kernel(|| {
        let task = created(|()| 5, ());
        wake_up_process(&task);
        let result = kthread_park(&task);
        match result {
            Ok(()) => assert_parked(&task),
            Err(_) => assert_eq!(warnings(), [WarningKind::ParkExited]),
        }
        assert_eq!(kthread_stop(&task), 5);
        format!("{result:?}")
    })
}

fn park_against_stop() -> String {
    in_kernel(|| {
        let task = started(|_| parkable());
        let stopper = sleeper({
            let task = task.clone();
            move || kthread_stop(&task)
        });
        let result = kthread_park(&task);
        // As in the kernel, a stop that came before the park does not end it: the parker has to
        // unpark.
        kthread_unpark(&task);
        assert_eq!(stopper.join(), 7);
        if result.is_err() {
            assert_eq!(warnings(), [WarningKind::ParkExited]);
        }
        format!("{result:?}")
    })
}
