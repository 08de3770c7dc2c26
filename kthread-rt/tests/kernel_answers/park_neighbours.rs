//! Neighbours of the recorded parks: wake-ups and signals of parked threads, unparks without a
//! park, and park, unpark and exit that overtake each other.

use crate::handshake::*;
use crate::park::*;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Sender, channel};

#[test]
fn unpark_of_a_thread_that_was_not_asked_to_park_does_nothing() {
    let (task, seen) = create_parker();
    kthread_unpark(&task);
    assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE);
    assert_eq!(seen.ran.load(SeqCst), 0, "it is no first wake");
    assert_eq!(kthread_stop(&task), -4);
}

#[test]
fn wake_up_process_starts_no_thread_that_was_parked_before_it_was_woken() {
    let (task, seen) = create_parker();
    assert_eq!(kthread_park(&task), Ok(()));
    assert!(!wake_up_process(&task));
    assert_parked(&task);
    assert_eq!(seen.ran.load(SeqCst), 0);
    assert_eq!(kthread_stop(&task), 77);
}

#[test]
fn wake_up_state_of_a_parked_thread_makes_it_check_and_park_again() {
    let (task, seen) = run_parker();
    for cycle in 1..=3 {
        assert_eq!(kthread_park(&task), Ok(()));
        assert!(wake_up_state(&task, TASK_PARKED));
        assert_eq!(asleep(&task), TASK_PARKED, "it was not unparked");
        assert_eq!(seen.parks_and_unparks(), (cycle, cycle - 1));
        kthread_unpark(&task);
        assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE);
        assert_eq!(seen.parks_and_unparks(), (cycle, cycle));
    }
    assert_eq!(kthread_stop(&task), 77);
}

/// A thread that is busy before it parks when asked.
fn busy_parker() -> (Task, Arc<Seen>, Sender<()>) {
    let (busy, is_busy, let_go) = Busy::new();
    let seen = Arc::new(Seen::default());
    let its = seen.clone();
    let threadfn = move || {
        busy.wait();
        its.park_when_asked()
    };
    let task = run(threadfn, "busy");
    is_busy.recv().unwrap();
    (task, seen, let_go)
}

/// A thread that calls `kthread_park` on `task`, sleeps there, and returns the result.
fn parker_of(task: &Task) -> Task {
    let task = task.clone();
    let parker = run(move || kthread_rt::errno::to_return(kthread_park(&task)), "parks-another");
    assert_eq!(asleep(&parker), TASK_UNINTERRUPTIBLE);
    assert_eq!(parker.waits_on().map(|waits| waits.kind), Some(WaitKind::Park));
    parker
}

#[test]
fn park_waits_for_a_thread_that_is_busy() {
    let (task, seen, let_go) = busy_parker();
    let parker = parker_of(&task);
    assert_eq!(seen.parks_and_unparks(), (0, 0));
    let_go.send(()).unwrap();
    assert_eq!(kthread_stop(&parker), 0);
    assert_parked(&task);
    assert_eq!(kthread_stop(&task), 77);
}

#[test]
fn park_twice_while_the_first_waits() {
    let kernel = WatchedKernel::boot();
    let (task, _seen, let_go) = busy_parker();
    let parker = parker_of(&task);
    let about = task.id().to_string();
    let ret = kernel.warns(WarningKind::ParkTwice, "kthread_park", &about, || kthread_park(&task));
    assert_eq!(ret, Err(Errno::EBUSY));
    let_go.send(()).unwrap();
    assert_eq!(kthread_stop(&parker), 0);
    assert_eq!(kthread_stop(&task), 77);
    kernel.shut_down();
}

#[test]
fn park_that_an_unpark_overtakes_returns() {
    let (task, seen, let_go) = busy_parker();
    let parker = parker_of(&task);
    kthread_unpark(&task);
    assert_eq!(kthread_stop(&parker), 0);
    let_go.send(()).unwrap();
    assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE);
    assert_eq!(seen.parks_and_unparks(), (0, 0), "it found nothing to do");

    assert_eq!(kthread_park(&task), Ok(()));
    assert_parked(&task);
    assert_eq!(kthread_stop(&task), 77);
}

#[test]
fn park_of_a_thread_that_exits_instead_returns_enosys() {
    let kernel = WatchedKernel::boot();
    let (busy, is_busy, let_go) = Busy::new();
    let task = run(
        move || {
            busy.wait();
            5
        },
        "exits-instead",
    );
    is_busy.recv().unwrap();
    let parker = parker_of(&task);
    let_go.send(()).unwrap();
    assert_eq!(kthread_stop(&parker), -38);
    kernel.warned(&parker, WarningKind::ParkExited, "kthread_park", "exited instead");
    assert_eq!(kthread_stop(&task), 5);
    kernel.shut_down();
}

#[test]
fn park_that_a_stop_overtakes_returns() {
    let (task, seen, let_go) = busy_parker();
    let parker = parker_of(&task);
    let stopper = {
        let task = task.clone();
        run(move || kthread_stop(&task), "stopper")
    };
    assert_eq!(asleep(&stopper), TASK_UNINTERRUPTIBLE);
    assert_eq!(kthread_stop(&parker), 0, "a stop unparks, so there is nothing more to wait for");
    let_go.send(()).unwrap();
    assert_eq!(kthread_stop(&stopper), 77);
    assert_eq!(seen.parks_and_unparks(), (0, 0));
}

#[test]
fn park_of_a_thread_that_is_exiting_is_refused() {
    let kernel = WatchedKernel::boot();
    DECLARE_COMPLETION!(static OVER);
    let task = run(|| kthread_complete_and_exit(Some((&OVER).into()), 9), "exiting");
    wait_for_completion(&OVER);
    let about = task.id().to_string();
    let ret = kernel.warns(WarningKind::ParkExited, "kthread_park", &about, || kthread_park(&task));
    assert_eq!(ret, Err(Errno::ENOSYS));
    assert_eq!(kthread_stop(&task), 9);
    kernel.shut_down();
}

#[test]
fn park_self_twice_is_busy_and_one_unpark_resumes() {
    let kernel = WatchedKernel::boot();
    let (sender, receiver) = channel();
    let task = run(
        move || {
            sender.send((kthread_park(&current()), kthread_park(&current()))).unwrap();
            kthread_parkme();
            sleep_until_stopped(TASK_INTERRUPTIBLE);
            0
        },
        "self-parker",
    );
    assert_eq!(receiver.recv(), Ok((Ok(()), Err(Errno::EBUSY))));
    assert_eq!(asleep(&task), TASK_PARKED);
    kernel.warned(&task, WarningKind::ParkTwice, "kthread_park", &task.id().to_string());
    kthread_unpark(&task);
    assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
    assert_eq!(kthread_stop(&task), 0);
    kernel.shut_down();
}

/// In a kernel the thread's own park leaves `parked` completed, and the next `kthread_park` returns
/// too early.
#[test]
fn park_self_leaves_nothing_behind_for_the_next_park() {
    let (busy, is_busy, let_go) = Busy::new();
    let seen = Arc::new(Seen::default());
    let its = seen.clone();
    let task = run(
        move || {
            kthread_park(&current()).unwrap();
            kthread_parkme();
            busy.wait();
            its.park_when_asked()
        },
        "self-parker",
    );
    assert_eq!(asleep(&task), TASK_PARKED);
    kthread_unpark(&task);
    is_busy.recv().unwrap();
    let parker = parker_of(&task);
    assert!(task.on_rq(), "the thread is busy, so the park of now has to wait for it");
    let_go.send(()).unwrap();
    assert_eq!(kthread_stop(&parker), 0);
    assert_parked(&task);
    assert_eq!(seen.parks_and_unparks(), (1, 0));
    assert_eq!(kthread_stop(&task), 77);
}

#[test]
fn wake_up_state_of_a_parked_thread_leaves_nothing_behind_for_the_next_park() {
    let (busy, is_busy, let_go) = Busy::new();
    let seen = Arc::new(Seen::default());
    let its = seen.clone();
    let task = create(
        move || {
            busy.wait();
            its.park_when_asked()
        },
        "parked-first",
    );
    assert_eq!(kthread_park(&task), Ok(()));
    assert!(wake_up_state(&task, TASK_PARKED));
    assert_eq!(asleep(&task), TASK_PARKED);
    kthread_unpark(&task);
    is_busy.recv().unwrap();
    let parker = parker_of(&task);
    let_go.send(()).unwrap();
    assert_eq!(kthread_stop(&parker), 0);
    assert_parked(&task);
    assert_eq!(kthread_stop(&task), 77);
}

#[test]
fn signals_do_not_unpark() {
    let (sender, receiver) = channel();
    let task = run(
        move || {
            allow_signal(SIGKILL).unwrap();
            allow_signal(SIGTERM).unwrap();
            kthread_park(&current()).unwrap();
            kthread_parkme();
            sender.send((kernel_dequeue_signal(), kernel_dequeue_signal())).unwrap();
            0
        },
        "self-parker",
    );
    assert_eq!(asleep(&task), TASK_PARKED);
    assert_eq!(send_sig(SIGTERM, &task, 1), Ok(()));
    assert_eq!(send_sig(SIGKILL, &task, 1), Ok(()));
    assert_eq!(asleep(&task), TASK_PARKED);
    assert!(receiver.try_recv().is_err());
    kthread_unpark(&task);
    assert_eq!(receiver.recv(), Ok((SIGKILL, SIGTERM)), "they were pending all the time");
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn park_unpark_and_parkme_of_a_task_that_is_not_a_kthread_warn() {
    let kernel = WatchedKernel::boot();
    let me = current();
    let about = me.id().to_string();
    let ret = kernel.warns(WarningKind::NotAKthread, "kthread_park", &about, || kthread_park(&me));
    assert_eq!(ret, Err(Errno::EINVAL));
    kernel.warns(WarningKind::NotAKthread, "kthread_unpark", &about, || kthread_unpark(&me));
    kernel.warns(WarningKind::NotAKthread, "kthread_parkme", "not a kthread", || kthread_parkme());
    assert!(!kthread_should_park());
    kernel.shut_down();
}
