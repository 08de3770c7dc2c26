//! Parking: the recorded cases.

use crate::handshake::*;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::channel;

/// A record of a thread that parks when it is asked.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) ran: AtomicU32,
    pub(crate) should_stop_at_entry: AtomicBool,
    pub(crate) parks: AtomicU32,
    pub(crate) unparks: AtomicU32,
    pub(crate) wakes: AtomicU32,
    pub(crate) should_park_after: AtomicBool,
    pub(crate) should_stop_after: AtomicBool,
}

impl Seen {
    /// The thread function: sleeps, parks when asked to, and returns 77 when stopped.
    pub(crate) fn park_when_asked(&self) -> i32 {
        self.ran.fetch_add(1, SeqCst);
        self.should_stop_at_entry.store(kthread_should_stop(), SeqCst);
        loop {
            if kthread_should_park() {
                self.parks.fetch_add(1, SeqCst);
                kthread_parkme();
                self.should_park_after.store(kthread_should_park(), SeqCst);
                self.should_stop_after.store(kthread_should_stop(), SeqCst);
                self.unparks.fetch_add(1, SeqCst);
            }
            if kthread_should_stop() {
                return 77;
            }
            set_current_state(TASK_UNINTERRUPTIBLE);
            if !kthread_should_stop_or_park() {
                schedule();
                self.wakes.fetch_add(1, SeqCst);
            }
            set_current_state(TASK_RUNNING);
        }
    }

    /// How often it was about to park, and how often it continued.
    pub(crate) fn parks_and_unparks(&self) -> (u32, u32) {
        (self.parks.load(SeqCst), self.unparks.load(SeqCst))
    }
}

/// A thread with [`Seen::park_when_asked`], not woken yet.
pub(crate) fn create_parker() -> (Task, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    let its = seen.clone();
    (create(move || its.park_when_asked(), "parker"), seen)
}

/// The same, woken and asleep in its loop.
pub(crate) fn run_parker() -> (Task, Arc<Seen>) {
    let (task, seen) = create_parker();
    assert!(wake_up_process(&task));
    assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE);
    assert_eq!(seen.ran.load(SeqCst), 1);
    (task, seen)
}

/// Asserts that the task is parked and really asleep.
#[track_caller]
pub(crate) fn assert_parked(task: &TaskStruct) {
    assert_eq!((task.state().bits(), task.on_rq()), (0x40, false));
}

#[test]
fn park_running() {
    let (task, seen) = run_parker();
    assert_eq!(kthread_park(&task), Ok(()));
    assert_parked(&task);
    assert_eq!(seen.parks_and_unparks(), (1, 0));

    assert!(!wake_up_process(&task), "wake_up_process_on_parked=0");
    assert_parked(&task);
    assert_eq!(seen.parks_and_unparks(), (1, 0));

    kthread_unpark(&task);
    assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE);
    assert_eq!(seen.parks_and_unparks(), (1, 1));
    assert!(!seen.should_park_after.load(SeqCst));
    assert!(!seen.should_stop_after.load(SeqCst));

    let wakes = seen.wakes.load(SeqCst);
    kthread_unpark(&task);
    assert_eq!(asleep(&task).bits(), 0x2);
    assert_eq!(seen.wakes.load(SeqCst), wakes, "second_unpark_wakes=0");
    assert_eq!(seen.parks_and_unparks(), (1, 1));

    for cycle in 2..=51 {
        assert_eq!(kthread_park(&task), Ok(()));
        assert_parked(&task);
        assert_eq!(seen.parks_and_unparks(), (cycle, cycle - 1));
        kthread_unpark(&task);
        assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE);
        assert_eq!(seen.parks_and_unparks(), (cycle, cycle));
    }
    assert_eq!(seen.ran.load(SeqCst), 1);
    assert_eq!(kthread_stop(&task), 77);
}

#[test]
fn park_running_over_and_over_without_waiting_for_it_to_continue() {
    let (task, seen) = run_parker();
    for _ in 0..50 {
        assert_eq!(kthread_park(&task), Ok(()));
        assert_parked(&task);
        kthread_unpark(&task);
    }
    assert_eq!(kthread_stop(&task), 77);
    let (parks, unparks) = seen.parks_and_unparks();
    assert_eq!(parks, unparks);
    assert!((1..=50).contains(&parks), "a park right after an unpark may find the thread where it was");
}

#[test]
fn park_twice() {
    let kernel = WatchedKernel::boot();
    let (task, seen) = run_parker();
    assert_eq!(kthread_park(&task), Ok(()));
    let about = task.id().to_string();
    for _second_and_third in 0..2 {
        let ret = kernel.warns(WarningKind::ParkTwice, "kthread_park", &about, || kthread_park(&task));
        assert_eq!(ret, Err(Errno::EBUSY));
        assert_parked(&task);
    }
    kthread_unpark(&task);
    assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE, "one_unpark_resumes=1");
    assert_eq!(seen.parks_and_unparks(), (1, 1));
    assert_eq!(kthread_stop(&task), 77);
    kernel.shut_down();
}

#[test]
fn park_never_woken() {
    let (task, seen) = create_parker();
    assert_eq!(kthread_park(&task), Ok(()));
    assert_eq!(seen.ran.load(SeqCst), 0, "ran_after_park=0");
    assert_parked(&task);
    kthread_unpark(&task);
    assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE);
    assert_eq!(seen.ran.load(SeqCst), 1, "ran_after_unpark=1");
    assert_eq!(seen.parks_and_unparks(), (0, 0), "parks_in_fn=0");
    assert_eq!(kthread_stop(&task), 77);
}

#[test]
fn park_never_woken_then_stop() {
    let (task, seen) = create_parker();
    assert_eq!(kthread_park(&task), Ok(()));
    assert_eq!(kthread_stop(&task), 77);
    assert_eq!(seen.ran.load(SeqCst), 1);
    assert!(seen.should_stop_at_entry.load(SeqCst));
}

#[test]
fn park_exited() {
    let kernel = WatchedKernel::boot();
    let task = run(|| 7, "exits");
    await_end(&task);
    let about = task.id().to_string();
    let ret = kernel.warns(WarningKind::ParkExited, "kthread_park", &about, || kthread_park(&task));
    assert_eq!(ret, Err(Errno::ENOSYS));
    kthread_unpark(&task); // returns
    assert_eq!(kthread_stop(&task), 7);
    kernel.shut_down();
}

#[test]
fn park_self() {
    let (sender, receiver) = channel();
    let task = run(
        move || {
            kthread_parkme(); // not asked to park: returns
            let before = kthread_should_park();
            let ret = kthread_park(&current());
            sender.send((before, ret, kthread_should_park())).unwrap();
            kthread_parkme();
            sender.send((kthread_should_park(), Ok(()), false)).unwrap();
            sleep_until_stopped(TASK_INTERRUPTIBLE);
            0
        },
        "self-parker",
    );
    assert_eq!(
        receiver.recv(),
        Ok((false, Ok(()), true)),
        "should_park_before, park_self_ret, should_park_after"
    );
    assert_eq!(asleep(&task).bits(), 0x40, "parkme_blocks=1");
    assert!(receiver.try_recv().is_err());
    kthread_unpark(&task);
    assert_eq!(receiver.recv(), Ok((false, Ok(()), false)), "should_park_after_unpark=0");
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn stop_parked() {
    let (task, seen) = run_parker();
    assert_eq!(kthread_park(&task), Ok(()));
    assert_parked(&task);
    assert_eq!(kthread_stop(&task), 77);
    assert_eq!(seen.parks_and_unparks(), (1, 1));
    assert!(!seen.should_park_after.load(SeqCst));
    assert!(seen.should_stop_after.load(SeqCst));
}
