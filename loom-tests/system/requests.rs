//! Scene: requesters create threads, start some of them and stop all; one requester is killed at
//! some moment.

use super::{Begun, Ended, Scene};
use kthread_rt::__private::model::shuttle::rand::{RngCore, thread_rng};
use kthread_rt::model::sync::{Arc, AtomicU32, Ordering};
use kthread_rt::model::{Actor, spawn};
use kthread_rt::prelude::*;

pub(super) const SCENE: Scene = Scene {
    begin,
    outcomes: &[
        "requests: the killed one got all its threads",
        "requests: the killed one got one thread",
        "requests: the killed one got none",
    ],
};

/// The maximum number of steps before the killer acts. Without them it would nearly always be
/// early.
const LATEST: u64 = 300;

/// The number of threads that each requester creates.
const WANTED: u32 = 2;

/// The data of a thread: created once, dropped once.
struct Datum(Arc<AtomicU32>);

impl Datum {
    fn new(alive: &Arc<AtomicU32>) -> Self {
        alive.fetch_add(1, Ordering::Relaxed);
        Self(alive.clone())
    }
}

impl Drop for Datum {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How the killer finds its victim.
#[derive(Default)]
struct Known {
    requester: SpinLock<Option<Task>>,
    is_known: Completion,
}

/// Creates threads and stops each: one before its first wake-up, the next after it. Returns how
/// many it got.
fn request(alive: &Arc<AtomicU32>, may_be_killed: bool) -> u32 {
    let mut got = 0;
    for number in 0..WANTED {
        let runs = |datum: Datum| {
            drop(datum);
            7
        };
        match kthread_create!(runs, Datum::new(alive), "made/%u", number) {
            Ok(task) if number == 0 => {
                assert_eq!(kthread_stop(&task), -4, "it was never woken");
                got += 1;
            }
            Ok(task) => {
                assert!(wake_up_process(&task), "a new thread is asleep");
                let result = kthread_stop(&task);
                assert!(result == 7 || result == -4, "it ran, or never began: {result}");
                got += 1;
            }
            Err(errno) => assert_eq!((errno, may_be_killed), (Errno::EINTR, true)),
        }
    }
    got
}

fn begin() -> Begun {
    let alive = Arc::new(AtomicU32::new(0));
    let known = Arc::new(Known::default());
    let requester: Actor<u32> = spawn("requester", {
        let alive = alive.clone();
        move || request(&alive, false)
    });
    let victim: Actor<u32> = spawn("victim", {
        let (alive, known) = (alive.clone(), known.clone());
        move || {
            *known.requester.lock() = Some(current());
            complete(&known.is_known);
            request(&alive, true)
        }
    });
    let steps = alive.clone();
    let killer = spawn("killer", move || {
        wait_for_completion(&known.is_known);
        for _ in 0..thread_rng().next_u64() % LATEST {
            steps.load(Ordering::Relaxed);
        }
        let victim = known.requester.lock().take();
        // The victim may have ended already.
        victim.is_some_and(|victim| send_sig(SIGKILL, &victim, 1).is_ok())
    });
    Box::new(move || {
        assert_eq!(requester.join(), WANTED);
        let (got, killed) = (victim.join(), killer.join());
        assert!(killed || got == WANTED, "a create failed though the requester was not killed");
        let outcome = match got {
            WANTED => "requests: the killed one got all its threads",
            1 => "requests: the killed one got one thread",
            _ => "requests: the killed one got none",
        };
        // The orphans of a killed requester end later.
        Ended { outcome, left: Some(alive) }
    })
}
