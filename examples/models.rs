//! For examples in which a model checker runs thread code with a bug, and the same code without it.
//!
//! Such an example is two programs from one source. The one that you run builds the other, which
//! runs under loom (`--cfg loom`), in a target folder of its own. It runs that once for each
//! variant of the code, each in a process of its own, since a failing model ends its process. It
//! shows the output, and fails if that is not what the example expects.

use std::process::ExitCode;

/// One variant of the code.
#[derive(Debug)]
pub struct Variant {
    /// Its name, for the command line.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub what: &'static str,
    /// The result that the checker must find.
    pub expected: Expected,
    /// Checks the model of it.
    pub check: fn(),
}

/// The result of a check.
#[derive(Debug)]
pub enum Expected {
    /// The claim holds in all executions.
    Holds,
    /// One execution breaks the claim, and its report contains all lines of `because`.
    Breaks {
        /// The cause that the report states.
        because: &'static str,
        /// What the reader should see in the schedule.
        explanation: &'static str,
    },
}

/// Checks all variants of an example.
#[cfg(not(any(loom, shuttle)))]
pub fn check(example: &str, variants: &[Variant]) -> ExitCode {
    match driver::check_all(example, variants) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Checks the variant that is named on the command line.
#[cfg(any(loom, shuttle))]
pub fn check(_example: &str, variants: &[Variant]) -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    match variants.iter().find(|variant| variant.name == name) {
        Some(variant) => {
            (variant.check)();
            ExitCode::SUCCESS
        }
        None => {
            let names: Vec<&str> = variants.iter().map(|variant| variant.name).collect();
            eprintln!("which variant? {}", names.join(" | "));
            ExitCode::from(2)
        }
    }
}

// By path: with a dependency on `loom-tests`, the first build of any example would build all of the
// models' driver. These two files need only std.
#[cfg(not(any(loom, shuttle)))]
#[allow(dead_code, unreachable_pub)]
#[path = "../loom-tests/src/build.rs"]
mod build;
#[cfg(not(any(loom, shuttle)))]
#[allow(unreachable_pub)]
#[path = "../loom-tests/src/process.rs"]
mod process;

#[cfg(not(any(loom, shuttle)))]
mod driver {
    use super::build::{Backend, Build, Program};
    use super::process::{self, Ended};
    use super::{Expected, Variant};
    use std::path::Path;
    use std::process::Command;
    use std::time::{Duration, Instant};

    /// Much longer than any of the models takes.
    const LONGEST: Duration = Duration::from_secs(600);

    pub(super) fn check_all(example: &str, variants: &[Variant]) -> Result<(), String> {
        let build = Build::of_workspace(Backend::Loom)?;
        println!("building {example} with loom under the runtime, in {}", build.target.display());
        let started = Instant::now();
        let program = build.run(Program::Example(example))?;
        println!("built in {:.0} s\n", started.elapsed().as_secs_f64());
        for variant in variants {
            println!("── {}: {}\n", variant.name, variant.what);
            check_one(&program, variant)?;
            println!();
        }
        Ok(())
    }

    fn check_one(program: &Path, variant: &Variant) -> Result<(), String> {
        let mut command = Command::new(program);
        command.arg(variant.name);
        let (ended, output) = process::run(command, LONGEST).map_err(|e| e.to_string())?;
        print!("{output}");
        match (&variant.expected, ended) {
            (Expected::Holds, Ended::Well) => {
                // Runs the same model on real threads, once: this build has no checker.
                (variant.check)();
                Ok(())
            }
            (Expected::Breaks { because, explanation }, Ended::Badly)
                if output.contains("FAILED") && because.lines().all(|line| output.contains(line)) =>
            {
                println!("\n{}", explanation.trim());
                Ok(())
            }
            (expected, ended) => {
                Err(format!("{} should have ended as {expected:?}, but ended {ended:?}", variant.name))
            }
        }
    }
}
