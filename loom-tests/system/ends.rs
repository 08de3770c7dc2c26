//! Scene: a thread that ends by itself with a completion, a waiter for that completion, and two
//! tasks that stop the thread.

use super::{Begun, Scene};
use kthread_rt::model::spawn;
use kthread_rt::prelude::*;
use std::sync::Arc;

pub(super) const SCENE: Scene = Scene { begin, outcomes: &["ends: the function ran", "ends: it never ran"] };

fn begin() -> Begun {
    // std's Arc, as kthread_complete_and_exit takes it.
    let over = Arc::new(Completion::new());
    let task = kthread_run!(
        |over: Arc<Completion>| -> i32 { kthread_complete_and_exit(Some(over.into()), 5) },
        over.clone(),
        "ends"
    )
    .expect("nothing refuses it");
    let stoppers = ["stopper 0", "stopper 1"].map(|name| {
        let task = task.clone();
        spawn(name, move || kthread_stop(&task))
    });
    Box::new(move || {
        let [first, second] = stoppers.map(|stopper| stopper.join());
        assert_eq!(first, second, "both stoppers get the same result");
        assert_eq!(kthread_stop(&task), first, "and so does a later stopper");
        match first {
            5 => {
                wait_for_completion(&over);
                "ends: the function ran"
            }
            -4 => {
                assert!(!completion_done(&over), "it is the function's to complete");
                "ends: it never ran"
            }
            other => panic!("it returned {other}"),
        }
        .into()
    })
}
