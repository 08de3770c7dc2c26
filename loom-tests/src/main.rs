//! `cargo run --release -p loom-tests -- models | mutants`: the driver. It is built without
//! `--cfg loom`, and builds with it.

#[cfg(not(any(loom, shuttle)))]
mod cli;

#[cfg(not(any(loom, shuttle)))]
fn main() -> std::process::ExitCode {
    cli::main()
}

#[cfg(any(loom, shuttle))]
fn main() {}
