//! Panics: of a thread function, of the destructor of its data, of a panic's payload; and where a
//! thread's data is dropped.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::diag::WarningKind;
use kthread_rt::errno::to_return;
use kthread_rt::prelude::*;
use std::panic::panic_any;
use std::sync::{Arc, Mutex, mpsc};
use witness::{Datum, Warnings, running_kthread, runs_for_sure, waiting_calls_until};

#[test]
fn a_panic_is_an_oops_of_one_task_and_the_others_go_on() {
    witness::oopses_are_quiet();
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (asked, answered) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
    let other = kthread_run!(
        |(asked, answered): (Arc<Completion>, Arc<Completion>)| {
            while wait_for_completion_interruptible(&asked).is_ok() {
                complete(&answered);
            }
            50
        },
        (asked.clone(), answered.clone()),
        "other"
    )
    .unwrap();
    let (datum, tally) = Datum::new();
    let task = runs_for_sure(
        |datum: Datum| {
            datum.count_run();
            panic!("out of {}", "cheese")
        },
        datum,
        "oops/text",
    );
    assert_eq!(task.stop(), Ok(ExitStatus::Panicked));
    assert_eq!(kthread_stop(&task), -14);
    assert_eq!((task.exit_code(), task.exit_state(), task.state()), (11, EXIT_DEAD, TASK_DEAD));
    assert_eq!((tally.runs(), tally.drops()), (1, 1));
    let oops = warnings.take_one();
    assert_eq!((oops.kind, oops.comm.as_str(), oops.pid), (WarningKind::Oops, "oops/text", task.pid()));
    assert!(oops.message.contains("out of cheese"), "{oops:?}");

    complete(&asked);
    wait_for_completion(&answered);
    assert_eq!(kthread_stop(&other), 50);
    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined), (2, 2));
    warnings.assert_none();
}

#[test]
fn a_panic_releases_every_waiter_for_the_thread() {
    witness::oopses_are_quiet();
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let panics = || {
        let (started, go) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
        let threadfn = |(started, go): (Arc<Completion>, Arc<Completion>)| {
            complete(&started);
            wait_for_completion(&go);
            panic!("while others wait")
        };
        let task = kthread_run(threadfn, (started.clone(), go.clone()), "oops/waited").unwrap();
        wait_for_completion(&started);
        (task, go)
    };
    let (task, go) = panics();
    let stops: [fn(&TaskStruct) -> i32; 3] = [kthread_stop; 3];
    assert_eq!(waiting_calls_until(&go, &kernel, &task, &stops), [-14; 3]);
    assert_eq!(warnings.take_one().kind, WarningKind::Oops);

    let (task, go) = panics();
    let park = |task: &TaskStruct| to_return(kthread_park(task));
    assert_eq!(waiting_calls_until(&go, &kernel, &task, &[park]), [Errno::ENOSYS.as_return()]);
    let kinds: Vec<_> = warnings.take().iter().map(|warning| warning.kind).collect();
    assert_eq!(kinds, [WarningKind::Oops, WarningKind::ParkExited]);
}

#[test]
fn a_panic_in_the_destructor_of_the_data_is_an_oops() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in the datum's drop")
        }
    }

    witness::oopses_are_quiet();
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let task = runs_for_sure(
        |bomb: Bomb| {
            let _kept_to_the_end = bomb;
            5
        },
        Bomb,
        "oops/drop",
    );
    assert_eq!(kthread_stop(&task), -14);
    assert!(warnings.take_one().message.contains("in the datum's drop"));

    // The same for the data of a thread that never ran.
    let never = kthread_create!(|_: Bomb| 5, Bomb, "oops/never").unwrap();
    assert_eq!(kthread_stop(&never), -4);
    let next = running_kthread("next", 2);
    assert_eq!(kthread_stop(&next), 2);
    assert_eq!(kernel.shutdown().joined, 3);
}

#[test]
fn a_panic_payload_that_panics_when_dropped_is_contained() {
    /// A destructor that always panics.
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic_any(Bomb)
        }
    }

    witness::oopses_are_quiet();
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let task = runs_for_sure(|()| panic_any(Bomb), (), "oops/payload");
    assert_eq!(task.stop(), Ok(ExitStatus::Panicked));
    assert_eq!(warnings.take_one().kind, WarningKind::Oops);
    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined), (1, 1));
}

// ---- the data

#[test]
fn the_data_is_dropped_in_its_thread_before_the_stop_returns() {
    /// Reports on which thread it is dropped.
    struct Tells(mpsc::Sender<String>);
    impl Drop for Tells {
        fn drop(&mut self) {
            let _ = self.0.send(current().comm());
        }
    }

    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (tx, rx) = mpsc::channel();
    let ended_in = || rx.try_recv().expect("it has ended");

    let owned = runs_for_sure(|_: Tells| 1, Tells(tx.clone()), "owned");
    _ = kthread_stop(&owned);
    assert_eq!(ended_in(), "owned");

    // Other tasks can fetch an `Arc` from the task; that keeps nothing alive.
    let shared = kthread_create!(|_: Arc<Tells>| 2, Arc::new(Tells(tx.clone())), "shared").unwrap();
    assert!(shared.data::<Tells>().is_some());
    kthread_park(&shared).unwrap();
    assert_eq!(kthread_stop(&shared), 2);
    assert_eq!(ended_in(), "shared");
    assert!(shared.data::<Tells>().is_none());

    let never_ran = kthread_create!(|_: Arc<Tells>| 3, Arc::new(Tells(tx)), "never-ran").unwrap();
    assert_eq!(kthread_stop(&never_ran), -4);
    assert_eq!(ended_in(), "never-ran");
    warnings.assert_none();
}

#[test]
fn data_that_holds_its_own_task_is_dropped_with_the_thread() {
    #[derive(Default)]
    struct State {
        task: Mutex<Option<Task>>,
    }

    let state = Arc::new(State::default());
    let watch = Arc::downgrade(&state);
    let task = kthread_create!(|_: Arc<State>| 4, state.clone(), "self-knowing").unwrap();
    *state.task.lock().unwrap() = Some(task.clone());
    drop(state);
    kthread_park(&task).unwrap();
    assert_eq!(kthread_stop(&task), 4);
    drop(task);
    assert!(watch.upgrade().is_none());
}
