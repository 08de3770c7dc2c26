//! Which branches of the protocols' files the models reach: `loom-tests -- coverage`.
//!
//! The runner is built with `-Cinstrument-coverage`, and all models run with it. The compiler
//! divides each function into regions: a block, an arm of a `match`, the error of a `?`. A region
//! that no model enters is a branch that no model checks. Each such region has an argument in
//! `mutants/unreached.txt`, or the command fails; so it does if the list names a region that is
//! reached or does not exist.
//!
//! Regions of tests, of `fmt`, and those that report are left out, as the generator of mutants
//! leaves them out: the tests of misuse (`kthread-rt/tests/zoo`) hold them. Of regions that follow
//! each other or are within each other, the first is listed.

mod argued;
mod export;
mod functions;
mod llvm;

use crate::build::{Backend, Build, Program, workspace};
use crate::generate::files;
use crate::models::{self, Depth, Outcome, Runner, Verdict};
use crate::table::Table;
use argued::Entry;
use export::Region;
use functions::Functions;
use std::path::Path;

/// A region that no model reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unreached {
    /// The file, the function and the text: `rcu/mod.rs Grace::wait: return;`.
    name: String,
    line: usize,
}

/// The regions of one file.
#[derive(Debug)]
struct OfFile {
    file: &'static str,
    regions: usize,
    unreached: Vec<Unreached>,
}

/// Runs all models and prints the table and the regions without an argument. True if there are
/// none, and the list of arguments is right.
pub fn run(depth: &Depth, jobs: usize) -> Result<bool, String> {
    let tools = llvm::Tools::find()?;
    let mut build = Build::of_workspace(Backend::Loom)?;
    build.target.set_file_name("coverage");
    build.coverage = true;
    let program = build.run(Program::Runner)?;
    let profiles = llvm::Profiles::new(&build.target.join("profiles"))?;
    let runner = Runner::at(&program).with_variable("LLVM_PROFILE_FILE", profiles.pattern());
    let models = runner.select(&[])?;
    let outcomes = runner.run_all(&models, depth, jobs)?;
    // At another bound than its own, a model need not reach all its outcomes.
    let broken = |outcome: &&Outcome| match outcome.verdict {
        Verdict::Holds => false,
        Verdict::Vacuous => *depth == Depth::Push,
        Verdict::Broken | Verdict::TimedOut => true,
    };
    let broken: Vec<Outcome> = outcomes.iter().filter(broken).cloned().collect();
    if !broken.is_empty() {
        return Err(models::failures(&broken));
    }
    let regions = export::regions(&tools.export(&program, &profiles)?)?;
    let sources = workspace().join("kthread-rt/src");
    let mut all = Vec::new();
    for file in files() {
        all.push(of_file(file, &sources.join(file), &regions)?);
    }
    let list = workspace().join("loom-tests/mutants/unreached.txt");
    let entries = argued::read(&list)?;
    print!("{}", table(&all, &entries));
    let wrong = complaints(&all, &entries);
    wrong.iter().for_each(|line| println!("{line}"));
    Ok(wrong.is_empty())
}

/// Sorts out the regions of one file.
fn of_file(file: &'static str, path: &Path, all: &[Region]) -> Result<OfFile, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let functions = Functions::of(&text).map_err(|e| format!("{file}: {e}"))?;
    let path = path.to_string_lossy();
    let mut found = OfFile { file, regions: 0, unreached: Vec::new() };
    let mut before: Option<&str> = None;
    for region in all.iter().filter(|region| region.file == path) {
        let Some(function) = functions.at(region.from.0) else { continue };
        let code = functions.text(region.from, region.to);
        if code == "}" || functions::only_reports(&code) {
            continue;
        }
        found.regions += 1;
        // What follows an unreached region, or is within it, says nothing more.
        let follows = before == Some(function);
        before = (region.count == 0).then_some(function);
        if region.count == 0 && !follows {
            let name = format!("{file} {function}: {}", functions::shortened(&code));
            found.unreached.push(Unreached { name: numbered(name, &found.unreached), line: region.from.0 });
        }
    }
    Ok(found)
}

/// Tells a region from earlier ones that look the same.
fn numbered(name: String, earlier: &[Unreached]) -> String {
    let same = |other: &&Unreached| other.name == name || other.name.starts_with(&format!("{name} #"));
    match earlier.iter().filter(same).count() {
        0 => name,
        count => format!("{name} #{}", count + 1),
    }
}

fn table(all: &[OfFile], entries: &[Entry]) -> Table {
    let mut table = Table::new(&["file", "regions", "unreached", "argued", "open"], &[1, 2, 3, 4]);
    let mut sums = [0; 4];
    for file in all {
        let is_argued = |region: &&Unreached| entries.iter().any(|entry| entry.name == region.name);
        let argued = file.unreached.iter().filter(is_argued).count();
        let numbers = [file.regions, file.unreached.len(), argued, file.unreached.len() - argued];
        sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
        table.row(std::iter::once(file.file.to_owned()).chain(numbers.map(|n| n.to_string())));
    }
    table.row(std::iter::once(format!("{} files", all.len())).chain(sums.map(|sum| sum.to_string())));
    table
}

/// What has to be mended: regions without an argument, and arguments without a region.
fn complaints(all: &[OfFile], entries: &[Entry]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in all {
        for region in &file.unreached {
            if !entries.iter().any(|entry| entry.name == region.name) {
                wrong.push(format!("no model reaches line {} {}", region.line, region.name));
            }
        }
    }
    let exists =
        |entry: &&Entry| !all.iter().flat_map(|file| &file.unreached).any(|region| region.name == entry.name);
    wrong.extend(
        entries
            .iter()
            .filter(exists)
            .map(|entry| format!("mutants/unreached.txt: {}: a model reaches it, or it is gone", entry.name)),
    );
    wrong
}
