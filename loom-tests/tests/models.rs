//! All models, at the bounds of every push.

#![cfg(not(any(loom, shuttle)))]

use loom_tests::models::{self, Depth, Runner};

#[test]
fn every_claim_holds_and_reaches_its_outcomes() {
    let runner = Runner::build().unwrap_or_else(|why| panic!("the model runner does not build:\n{why}"));
    let models = runner.select(&[]).expect("the runner lists its models");
    assert!(models.len() >= 40, "models are missing: {}", models.len());
    let outcomes = runner.run_all(&models, &Depth::Push, models::default_jobs()).expect("they run");
    let failures = models::failures(&outcomes);
    println!("{}", models::table(&outcomes));
    assert!(failures.is_empty(), "models failed:\n{failures}");
}
