//! The whole system, under shuttle: what the models take apart, all at the same time.
//!
//! **The claim.** Whatever the order of its steps, every call returns, each with a result that
//! accounts for what happened: a thread that was created is stopped once and its data dropped once;
//! each item is taken once and told once; a park is followed by the thread's parking; a sleep ends
//! by its event or by its time; who stops a thread gets what it returned. At the end the Kernel
//! goes down with every thread joined, no task in its table, no warning told and nothing leaked.
//!
//! An execution plays three of five scenes at the same time, on one Kernel, drawn by its seed: 8 to
//! 16 threads. What each scene came to is counted, and a run that is long enough has to have come
//! to all of it: so it is not vacuous.

mod ends;
mod parking;
mod requests;
mod run;
mod time;
mod traffic;

pub(crate) use run::main;

use kthread_rt::__private::model::shuttle::rand::{RngCore, thread_rng};
use kthread_rt::model::on_stage;
use kthread_rt::model::sync::{Arc, AtomicU32, Ordering};
use kthread_rt::prelude::*;

pub(crate) const CLAIM: &str = "in the whole system every call returns and every result is accounted for";

/// A scene that has begun; its threads run. Called, it waits for their end and checks its accounts.
type Begun = Box<dyn FnOnce() -> Ended>;

/// A scene that is over.
struct Ended {
    /// What came out.
    outcome: &'static str,
    /// What has to be 0 when the Kernel has gone down: the data of threads that nobody waits for.
    left: Option<Arc<AtomicU32>>,
}

impl From<&'static str> for Ended {
    fn from(outcome: &'static str) -> Self {
        Self { outcome, left: None }
    }
}

/// A scene: what begins it, and all that can come out.
struct Scene {
    begin: fn() -> Begun,
    outcomes: &'static [&'static str],
}

const SCENES: [Scene; 5] = [requests::SCENE, traffic::SCENE, parking::SCENE, time::SCENE, ends::SCENE];

/// How many scenes are played at a time.
const AT_A_TIME: usize = 3;

/// Some scenes at the same time.
fn play() -> Vec<Ended> {
    let mut scenes: Vec<&Scene> = SCENES.iter().collect();
    while scenes.len() > AT_A_TIME {
        scenes.swap_remove(thread_rng().next_u64() as usize % scenes.len());
    }
    let begun: Vec<Begun> = scenes.iter().map(|scene| (scene.begin)()).collect();
    begun.into_iter().map(|finish| finish()).collect()
}

/// One execution: a Kernel, some scenes, the Kernel's shutdown. What the scenes came to.
fn execute() -> Vec<&'static str> {
    // The handler's panic is contained, but a model's panic hook comes first: the execution has
    // failed.
    let builder = Kernel::builder().on_warning(|warning| panic!("the runtime warned: {warning}"));
    let kernel = builder.boot().expect("a model's Kernel boots");
    let ended = on_stage(&kernel, |_| play());
    for Ended { outcome, left } in &ended {
        let left = left.as_ref().map_or(0, |left| left.load(Ordering::Relaxed));
        assert_eq!(left, 0, "data of threads is left behind: {outcome}");
    }
    ended.iter().map(|ended| ended.outcome).collect()
}
