//! The zoo: programs that are wrong, each in one way, and beside each a right counterpart, in a
//! Kernel with [`debug`](kthread_rt::KernelBuilder::debug). A wrong program is reported once, at
//! its line; a right one is not reported.
//!
//! `kthread-rt-c/tests/zoo` has the programs in C, and the table of all of those.

#![cfg(not(any(loom, shuttle)))]

#[path = "../witness/mod.rs"]
mod witness;

mod deadlocks;
mod hung_tasks;
mod left;
mod locks;
mod sleeping;

use kthread_rt::prelude::*;
use witness::Warnings;

/// Runs a wrong program, which returns the line at which it is wrong: there must be one report, at
/// that line, which contains `told`.
#[track_caller]
fn wrong(told: &str, program: impl FnOnce(&Kernel) -> u32) {
    let warnings = judged(|kernel| program(kernel));
    let [warning] = warnings.1.as_slice() else { panic!("one warning, not these: {:#?}", warnings.1) };
    assert!(warning.message.contains(told), "{warning:#?}");
    assert_eq!(warning.line, warnings.0, "{warning:#?}");
}

/// Runs a right program, which must not be reported.
#[track_caller]
fn right(program: impl FnOnce(&Kernel)) {
    let ((), warnings) = judged(|kernel| program(kernel));
    assert!(warnings.is_empty(), "{warnings:#?}");
}

/// Runs `program` in a Kernel of its own; returns its result, and the reports until the Kernel was
/// shut down.
fn judged<T>(program: impl FnOnce(&Kernel) -> T) -> (T, Vec<witness::Noted>) {
    let (kernel, warnings) = Warnings::of(Kernel::builder().debug(true));
    let inside = kernel.enter();
    let result = program(&kernel);
    kernel.shutdown();
    drop(inside);
    (result, warnings.take())
}
