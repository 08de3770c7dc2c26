//! Runs one model in a process of its own: a failing model ends its process.
//!
//! It must be built for a model checker; `cargo run -p loom-tests` does that and calls it. By hand:
//! with `--cfg loom`, `model-runner list`, `model-runner run NAME [BOUND]`, where BOUND is a number
//! of preemptions or `complete`; with `--cfg shuttle`, `model-runner system random|pct SCHEDULES
//! SEED`.

#[cfg(loom)]
mod harness;
#[cfg(loom)]
#[path = "../../models/mod.rs"]
mod models;
#[cfg(loom)]
mod run;
#[cfg(shuttle)]
#[path = "../../system/mod.rs"]
mod system;

#[cfg(loom)]
fn main() -> std::process::ExitCode {
    run::main(&models::all())
}

#[cfg(shuttle)]
fn main() -> std::process::ExitCode {
    system::main()
}

#[cfg(not(any(loom, shuttle)))]
fn main() -> std::process::ExitCode {
    eprintln!(
        "model-runner has to be built for a model checker: use `cargo run --release -p loom-tests -- models`"
    );
    std::process::ExitCode::from(2)
}
