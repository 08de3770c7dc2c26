//! A thread that parks when it is asked, one who parks it and lets it go, and one who wakes it all the time.

use super::{Begun, Scene};
use kthread_rt::model::spawn;
use kthread_rt::prelude::*;

pub(super) const SCENE: Scene =
    Scene { begin, outcomes: &["parking: parked as often as asked", "parking: before its function, too"] };

/// How often it is parked.
const PARKS: i32 = 2;
/// How often it is woken.
const WAKES: i32 = 3;

/// How often it parked itself.
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
    let parker = spawn({
        let task = task.clone();
        move || {
            for _ in 0..PARKS {
                kthread_park(&task).expect("it is alive, and nobody else parks it");
                assert!(wait_task_inactive(&task, TASK_PARKED), "it is parked");
                kthread_unpark(&task);
            }
        }
    });
    let waker = spawn({
        let task = task.clone();
        move || (0..WAKES).filter(|_| wake_up_process(&task)).count()
    });
    Box::new(move || {
        parker.join();
        waker.join();
        match kthread_stop(&task) {
            PARKS => "parking: parked as often as asked",
            // The first one it may do before its function begins.
            0 | 1 => "parking: before its function, too",
            result => panic!("it parked {result} times, and was asked {PARKS} times"),
        }
        .into()
    })
}
