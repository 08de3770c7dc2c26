//! The whole system, at as many schedules as a push can afford. The seed is fixed, so every run
//! plays the same schedules.

#![cfg(not(any(loom, shuttle)))]

use loom_tests::system::{self, Scheduler};

/// The number by each scheduler.
const SCHEDULES: u64 = 4_000;

#[test]
fn the_whole_system_accounts_for_every_result() {
    let runs =
        system::run(&Scheduler::ALL, SCHEDULES, 0).unwrap_or_else(|why| panic!("it does not run:\n{why}"));
    println!("{}", system::table(&runs));
    let failures = system::failures(&runs);
    assert!(failures.is_empty(), "the system failed:\n{failures}");
    assert!(runs.iter().all(|run| run.schedules == SCHEDULES));
}
