//! Runs one model, in a process of its own: a failing model usually takes its process with it.
//!
//! It has to be built with `--cfg loom`; `cargo run -p loom-tests` does that and calls it. Used by hand:
//! `model-runner list`, `model-runner run NAME [BOUND]`, where BOUND is a number of preemptions or `complete`.

#[cfg(loom)]
mod harness;
#[cfg(loom)]
#[path = "../../models/mod.rs"]
mod models;
#[cfg(loom)]
mod run;

#[cfg(loom)]
fn main() -> std::process::ExitCode {
    run::main(&models::all())
}

#[cfg(not(loom))]
fn main() -> std::process::ExitCode {
    eprintln!(
        "model-runner has to be built with --cfg loom: use `cargo run --release -p loom-tests -- models`"
    );
    std::process::ExitCode::from(2)
}
