//! The whole system, at as many schedules as a push can afford. The seed is always the same: so is
//! what they do.

#![cfg(not(any(loom, shuttle)))]

use loom_tests::system::{self, Scheduler};

/// By each scheduler.
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
