//! Scene: a thread that parks when asked, a task that parks and unparks it, and a task that keeps
//! waking it.

use super::{Begun, Scene};
use kthread_rt::__private::model::shuttle::rand::{RngCore, thread_rng};
use kthread_rt::model::{Actor, spawn};
use kthread_rt::prelude::*;

pub(super) const SCENE: Scene = Scene {
    begin,
    outcomes: &[
        "parking: parked as often as asked",
        "parking: before its function, too",
        "parking: a park was undone",
    ],
};

/// The number of parks.
const PARKS: i32 = 2;
/// The number of wake-ups.
const WAKES: i32 = 3;

/// Returns how often it parked itself.
fn parkable(_: ()) -> i32 {
    let mut parked = 0;
    loop {
        set_current_state(TASK_INTERRUPTIBLE);
        if kthread_should_stop() {
            break;
        }
        if kthread_should_park() {
            set_current_state(TASK_RUNNING);
            kthread_parkme();
            parked += 1;
        } else {
            schedule();
        }
    }
    set_current_state(TASK_RUNNING);
    parked
}

fn begin() -> Begun {
    let task = kthread_run!(parkable, (), "parkable").expect("nothing refuses it");
    // In half of the executions another task unparks, perhaps without a pending park.
    let undone = thread_rng().next_u64().is_multiple_of(2);
    let parker = spawn("parker", {
        let task = task.clone();
        move || {
            for _ in 0..PARKS {
                kthread_park(&task).expect("it is alive, and no other task parks it");
                assert!(undone || wait_task_inactive(&task, TASK_PARKED), "it is parked");
                kthread_unpark(&task);
            }
        }
    });
    let undoer = undone.then(|| {
        let task = task.clone();
        spawn("undoer", move || kthread_unpark(&task))
    });
    let waker = spawn("waker", {
        let task = task.clone();
        move || (0..WAKES).filter(|_| wake_up_process(&task)).count()
    });
    Box::new(move || {
        parker.join();
        waker.join();
        undoer.map(Actor::join);
        let parked = kthread_stop(&task);
        match parked {
            PARKS => "parking: parked as often as asked",
            // It may not have got as far as parking, or even to its function.
            -4 | 0 | 1 if undone => "parking: a park was undone",
            // It may do the first park before its function begins.
            0 | 1 => "parking: before its function, too",
            _ => panic!("it parked {parked} times, and was asked {PARKS} times"),
        }
        .into()
    })
}
