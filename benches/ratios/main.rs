//! `ratios`: is it faster than the alternatives of a port? One run, one table.
//!
//! Every row compares something of ours with a baseline. Both are measured in the same process
//! alternately (A B A B …). The result is the median of the ratios of the turns, with the
//! quartiles. All rows run once with everything on one cpu, where waking an idle core plays no
//! part, and once on all cpus. A bar holds if the ratio on one cpu is within it and the ratio on
//! all cpus is within 1.3 times it.

mod contest;
mod report;
mod rows {
    pub(crate) mod checks;
    pub(crate) mod creation;
    pub(crate) mod locks;
    pub(crate) mod many;
    pub(crate) mod sleeping;
    pub(crate) mod timers;
    pub(crate) mod works;
}

use clap::Parser;
use contest::Measured;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

/// Compares kthread-rt with the alternatives of a port.
#[derive(Debug, Parser)]
struct Args {
    /// Writes the rows to this file too, as a list of name, ours, baseline, ratio, bar, holds.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Draws the ratios into this file.
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Only rows whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Multiplies the number of turns.
    #[arg(long, default_value_t = 1.0)]
    patience: f64,
    /// The part of a child process.
    #[arg(long, hide = true)]
    part: Option<Part>,
    /// The number of threads that are alive in such a process.
    #[arg(long, hide = true, default_value_t = 0)]
    alive: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    OneCpu,
    AllCpus,
    CreateAmongMany,
    OurMemory,
    PlainMemory,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match args.part {
        Some(Part::OneCpu) => {
            benches::pin_to_one_cpu();
            measure(&args);
        }
        Some(Part::AllCpus) => measure(&args),
        Some(Part::CreateAmongMany) => rows::many::serve_creates(args.alive),
        Some(Part::OurMemory) => rows::many::tell_our_memory(args.alive),
        Some(Part::PlainMemory) => rows::many::tell_plain_memory(args.alive),
        None => return compare(&args),
    }
    ExitCode::SUCCESS
}

/// Measures all rows here, and prints them for the parent process.
fn measure(args: &Args) {
    let contests = rows::creation::contests()
        .into_iter()
        .chain(rows::sleeping::contests())
        .chain(rows::works::contests())
        .chain(rows::timers::contests())
        .chain(rows::locks::contests())
        .chain(rows::checks::contests());
    let wanted = contests.filter(|contest| contest.is_wanted(&args.only));
    let measured: Vec<Measured> = wanted.flat_map(|contest| contest.run(args.patience)).collect();
    println!("{}", serde_json::to_string(&measured).expect("rows are plain data"));
}

/// Measures in child processes, and reports.
fn compare(args: &Args) -> ExitCode {
    let mut rows = report::join(measured_in(Part::OneCpu, args), measured_in(Part::AllCpus, args));
    rows.extend(rows::many::rows(&args.only));
    print!("{}", report::markdown(&rows));
    for (file, text) in [(&args.json, report::json(&rows)), (&args.svg, report::svg(&rows))] {
        if let Some(file) = file
            && let Err(error) = std::fs::write(file, text)
        {
            eprintln!("{}: {error}", file.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// A process of this program, for another part.
fn process_for(part: Part) -> Command {
    let part = clap::ValueEnum::to_possible_value(&part).expect("no part is skipped");
    let mut command = Command::new(std::env::current_exe().expect("a process has a program"));
    command.args(["--part", part.get_name()]).stdout(Stdio::piped());
    command
}

fn measured_in(part: Part, args: &Args) -> Vec<Measured> {
    let output = process_for(part)
        .args(["--only", &args.only, "--patience", &args.patience.to_string()])
        .output()
        .expect("the program can run again");
    assert!(output.status.success(), "{part:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it prints rows")
}
