//! The whole system under shuttle: all that the models check separately, at the same time.
//!
//! **The claim.** Whatever the order of steps, every call returns, with a result that accounts for
//! what happened: a created thread is stopped once and its data is dropped once; each item is taken
//! once and completed once; after a park the thread parks; a sleep ends by its event or its
//! timeout; a stopper gets the thread's result. At the end the Kernel shuts down with every thread
//! joined, no task in its table, no warning and no leak.
//!
//! An execution plays three of five scenes at the same time on one Kernel, chosen by its seed: 8 to
//! 16 threads. Each scene's outcomes are counted, and a run that is long enough must reach all of
//! them. So it is not vacuous.

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

/// A scene that has begun; its threads run. Calling it waits for their end and checks the results.
type Begun = Box<dyn FnOnce() -> Ended>;

/// A scene that is over.
struct Ended {
    /// Its outcome.
    outcome: &'static str,
    /// A count that must be 0 after the Kernel's shutdown: the data of threads that no task waits
    /// for.
    left: Option<Arc<AtomicU32>>,
}

impl From<&'static str> for Ended {
    fn from(outcome: &'static str) -> Self {
        Self { outcome, left: None }
    }
}

/// A scene: the function that begins it, and all its possible outcomes.
struct Scene {
    begin: fn() -> Begun,
    outcomes: &'static [&'static str],
}

const SCENES: [Scene; 5] = [requests::SCENE, traffic::SCENE, parking::SCENE, time::SCENE, ends::SCENE];

/// The number of scenes that are played at a time.
const AT_A_TIME: usize = 3;

/// Plays some scenes at the same time.
fn play() -> Vec<Ended> {
    let mut scenes: Vec<&Scene> = SCENES.iter().collect();
    while scenes.len() > AT_A_TIME {
        scenes.swap_remove(thread_rng().next_u64() as usize % scenes.len());
    }
    let begun: Vec<Begun> = scenes.iter().map(|scene| (scene.begin)()).collect();
    begun.into_iter().map(|finish| finish()).collect()
}

/// One execution: boots a Kernel, plays some scenes, shuts the Kernel down. Returns the outcomes.
fn execute() -> Vec<&'static str> {
    // The handler's panic is contained, but a model's panic hook runs first and fails the
    // execution.
    let builder = Kernel::builder().on_warning(|warning| panic!("the runtime warned: {warning}"));
    let kernel = builder.boot().expect("a model's Kernel boots");
    let ended = on_stage(&kernel, |_| play());
    for Ended { outcome, left } in &ended {
        let left = left.as_ref().map_or(0, |left| left.load(Ordering::Relaxed));
        assert_eq!(left, 0, "data of threads is left behind: {outcome}");
    }
    ended.iter().map(|ended| ended.outcome).collect()
}
