//! Prints the table of the tests: without verdicts, or with them after a run of all tests.

use super::judge::{Aloud, SUCCESS};
use super::table::{InTree, TESTS};
use super::{ctrl_c, run, say, skipped, source, tree};
use crate::Failure;
use crate::cli::{Ended, Intree};
use crate::output::tell;
use std::collections::BTreeSet;
use std::path::Path;

/// A line for each test.
pub(crate) fn list(folder: &Path) {
    say("| test | file, and its lines | what it tests | what it is |\n|---|---|---|---|");
    for test in TESTS {
        let types = test.types.as_ref();
        let types = types.map_or(String::new(), |types| format!("; --type {}", types.values.join(", ")));
        let (tested, files) = (tested(test), files(folder, test));
        say(format_args!("| {} | {files} | {tested} | {}{types} |", test.name, test.about));
    }
}

/// Runs every test with every type, and prints the verdicts as a table. Returns the status of the
/// last test that failed, or, after Ctrl-C, that not all were run: a test that Ctrl-C ended is not
/// judged.
pub(crate) fn all(options: &Intree, folder: &Path) -> Result<Ended, Failure> {
    // Once, and not for each test, if there is no source.
    if let Err(why) = source(folder, TESTS)? {
        return Ok(skipped("intree", &why));
    }
    // From here on Ctrl-C only ends the running compiler or test: the table is still printed.
    let _stays = ctrl_c::Stays::new();
    let mut ended = Ended::Well;
    let mut rows = String::new();
    let mut good = Vec::new();
    'all: for test in TESTS.iter().copied() {
        let kinds: Vec<_> = match &test.types {
            Some(types) => types.values.iter().map(|&kind| Some(kind.to_owned())).collect(),
            None => vec![None],
        };
        // The verdicts, and the types that had each.
        let mut results: Vec<(String, Vec<String>)> = Vec::new();
        for kind in kinds {
            let mut one = Intree { name: Some(test.name.to_owned()), kind, ..options.clone() };
            one.run.raw = true;
            // Other tests take as long as they need.
            one.run.time = options.run.time.filter(|_| test.types.is_some() && !test.until_said);
            let (status, said) = match run(test, &one, folder, Aloud::IfNotWell) {
                Ok(Ok(outcome)) => (outcome.status(), outcome.to_string()),
                Ok(Err(why)) => return Ok(skipped("intree", &why)),
                Err(failure) => {
                    tell!("ukmod: {failure}");
                    (failure.status, "not run".to_owned())
                }
            };
            if ctrl_c::was_pressed() {
                ended = Ended::Interrupted;
                tell!("ukmod: interrupted: {} and the tests after it are not judged", test.name);
                rows.push_str(&row(test, folder, &results));
                break 'all;
            }
            let kind = one.kind.unwrap_or_default();
            say(format_args!("{}: {said}", format!("{} {kind}", test.name).trim_end()));
            if status != Ended::Well {
                ended = status;
            }
            match results.iter_mut().find(|(other, _)| *other == said) {
                Some((_, kinds)) => kinds.push(kind),
                None => results.push((said, vec![kind])),
            }
        }
        if results.iter().all(|(said, _)| said == SUCCESS) {
            good.push(test);
        }
        rows.push_str(&row(test, folder, &results));
    }
    say(format_args!(
        "\n| test | file, and its lines | what it tests | what it is | result |\n|---|---|---|---|---|\n{}",
        rows.trim_end()
    ));
    if ended != Ended::Interrupted {
        say(format_args!("\n{}", totals(&good)));
    }
    Ok(ended)
}

/// A line of the table; empty if there is no verdict.
fn row(test: &InTree, folder: &Path, results: &[(String, Vec<String>)]) -> String {
    if results.is_empty() {
        return String::new();
    }
    let verdicts = results.iter().map(|(said, kinds)| match &kinds.join(", ")[..] {
        "" => said.clone(),
        kinds => format!("{kinds}: {said}"),
    });
    let verdicts = verdicts.collect::<Vec<_>>().join("; ");
    format!("| {} | {} | {} | {} | {verdicts} |\n", test.name, files(folder, test), tested(test), test.about)
}

/// Whose code the test tests.
fn tested(test: &InTree) -> String {
    match test.of_linux {
        [] => "ours".to_owned(),
        files => format!("Linux's {}", files.join(", ")),
    }
}

/// How many files of the kernel's tree these tests, which succeeded, have run. Each file counts
/// once.
fn totals(tests: &[&InTree]) -> String {
    let files = |of: &dyn Fn(&InTree) -> Vec<&'static str>| -> BTreeSet<_> {
        tests.iter().flat_map(|test| of(test)).collect()
    };
    let ours = files(&|test| if test.of_linux.is_empty() { test.tests().collect() } else { Vec::new() });
    let theirs = files(&|test| if test.of_linux.is_empty() { Vec::new() } else { test.tests().collect() });
    let code = files(&|test| test.of_linux.to_vec());
    format!(
        "Test files that say SUCCESS: {}. Of these, {} test our code and {} test Linux's own code, which is {} more files.",
        ours.union(&theirs).count(),
        ours.len(),
        theirs.len(),
        code.len()
    )
}

/// The sources of the test.
fn files(folder: &Path, test: &InTree) -> String {
    let sources = test.files().filter(|file| file.ends_with(".c"));
    sources.map(|source| file(folder, source)).collect::<Vec<_>>().join(", ")
}

/// A file and its number of lines. Nothing is downloaded for this: without the file, it shows `?`.
pub(super) fn file(folder: &Path, file: &str) -> String {
    match tree::lines(folder, file) {
        Some(lines) => format!("{file} {lines}"),
        None => format!("{file} ?"),
    }
}
