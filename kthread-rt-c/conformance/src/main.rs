//! `cargo run -p conformance -- …`: asks real kernels, and compares kthread-rt with them.

use clap::{Parser, Subcommand};
use conformance::compare::{self, Comparison};
use conformance::defects::Defect;
use conformance::kernel::Kernel;
use conformance::{Result, docs, places, record, report};
use std::process::ExitCode;

/// Asks real kernels and kthread-rt the same questions.
#[derive(Debug, Parser)]
#[command(name = "conformance")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Asks a real kernel in a virtual machine, and records its answers.
    Record {
        /// The kernel: 6.1 or 6.12.
        #[arg(long, value_name = "VERSION")]
        kernel: Kernel,
        /// Only these subjects, separated by commas.
        #[arg(long, value_name = "SUBJECT,…")]
        only: Option<String>,
        /// Compares the answers with the recorded ones, and writes nothing.
        #[arg(long)]
        check: bool,
    },
    /// Asks kthread-rt, and compares its answers with those of real kernels.
    Compare {
        /// Only this kernel: 6.1 or 6.12.
        #[arg(long, value_name = "VERSION")]
        kernel: Option<Kernel>,
        /// Only these subjects, separated by commas, or only one case.
        #[arg(long, value_name = "SUBJECT[.CASE]")]
        only: Option<String>,
        /// How often to ask; the first failure ends it.
        #[arg(long, value_name = "N", default_value_t = 1)]
        times: u32,
        /// The number of cpus to use.
        #[arg(long, value_name = "N")]
        cpus: Option<usize>,
        /// Builds with a deliberate defect, which the comparison has to notice. An unknown name
        /// lists the defects.
        #[arg(long, value_name = "NAME", value_parser = Defect::named)]
        defect: Option<&'static Defect>,
    },
    /// Compares everything, and writes docs/conformance.md and the sums that README.md quotes.
    Docs,
}

fn main() -> ExitCode {
    match command(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("conformance: {why}");
            ExitCode::FAILURE
        }
    }
}

fn command(command: Command) -> Result<()> {
    match command {
        Command::Record { kernel, only, check } => {
            print!("{}", record::run(&record::Options { kernel, only, check })?);
            Ok(())
        }
        Command::Compare { kernel, only, times, cpus, defect } => {
            let options = compare::Options { kernel, only, defect };
            let comparison = Comparison::new(&options)?;
            if let Some(cpus) = cpus {
                keep_to(cpus)?;
            }
            for n in 1..=times {
                let all = comparison.run(|subject, one| {
                    // Of many runs, only the first prints its results.
                    if n == 1 {
                        println!("{}", report::line(subject, one));
                    }
                })?;
                let faults = report::faults(&comparison.subjects, &all);
                let time = if times > 1 { format!(" ({n} of {times})") } else { String::new() };
                println!("{}{time}", report::sums(&all));
                if !faults.is_empty() {
                    return Err(format!("not everything is as it should be:\n\n{}", faults.trim_end()));
                }
            }
            Ok(())
        }
        Command::Docs => {
            let comparison = Comparison::new(&compare::Options::default())?;
            let all = comparison.run(|subject, one| println!("{}", report::line(subject, one)))?;
            places::write(&docs::path(), &docs::text(&comparison.subjects, &all)?)?;
            let readme = places::workspace().join("README.md");
            places::write(&readme, &docs::quoted(&places::read(&readme)?, &report::sums(&all))?)?;
            println!("{}: {}", places::shown(&docs::path()), report::sums(&all));
            Ok(())
        }
    }
}

/// Restricts this process and its children to this many cpus.
fn keep_to(cpus: usize) -> Result<()> {
    let now = rustix::thread::sched_getaffinity(None).map_err(|e| format!("sched_getaffinity: {e}"))?;
    let mut set = rustix::thread::CpuSet::new();
    let of_us = (0..rustix::thread::CpuSet::MAX_CPU).filter(|cpu| now.is_set(*cpu)).take(cpus);
    of_us.for_each(|cpu| set.set(cpu));
    if set.count() as usize != cpus || cpus == 0 {
        return Err(format!("this process may use {} cpus, and not {cpus}", now.count()));
    }
    rustix::thread::sched_setaffinity(None, &set).map_err(|e| format!("sched_setaffinity: {e}"))
}
