//! The same questions to kthread-rt, and whether it answers as real kernels did. No network: their
//! answers are files.

use conformance::compare::{Compared, Comparison, Options};
use conformance::symbols::{Interface, not_in_their_files};
use conformance::{docs, kernel::Kernel, places, report, tables};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Write, stdout};
use std::sync::OnceLock;

/// The comparison, made once for all tests. How it went is printed, whether or not a test fails:
/// not by println!, which is seen of failing ones alone.
fn comparison() -> &'static (Comparison, Vec<Compared>) {
    static MADE: OnceLock<(Comparison, Vec<Compared>)> = OnceLock::new();
    MADE.get_or_init(|| {
        let comparison = Comparison::new(&Options::default()).unwrap();
        let mut text = String::from("\n");
        let all = comparison.run(|subject, one| text += &(report::line(subject, one) + "\n")).unwrap();
        stdout().write_all(format!("{text}{}\n", report::sums(&all)).as_bytes()).unwrap();
        (comparison, all)
    })
}

#[test]
fn kthread_rt_answers_as_linux_does() {
    let (comparison, all) = comparison();
    let faults = report::faults(&comparison.subjects, all);
    assert!(faults.is_empty(), "not everything is as it should be:\n\n{faults}");
}

#[test]
fn the_document_is_as_it_would_be_written() {
    let (comparison, all) = comparison();
    let text = docs::text(&comparison.subjects, all).unwrap();
    let readme = places::workspace().join("README.md");
    let quoting = docs::quoted(&places::read(&readme).unwrap(), &report::sums(all)).unwrap();
    if std::env::var_os("BLESS").is_some() {
        places::write(&docs::path(), &text).unwrap();
        places::write(&readme, &quoting).unwrap();
        return;
    }
    let hint = "cargo run -p conformance -- docs writes it anew, and what README.md quotes of it";
    assert!(
        places::read(&docs::path()).is_ok_and(|there| there == text),
        "docs/conformance.md is not up to date: {hint}"
    );
    assert!(
        places::read(&readme).unwrap() == quoting,
        "README.md does not quote docs/conformance.md: {hint}"
    );
}

#[test]
fn cases_cover_symbols_that_they_name() {
    let faults = not_in_their_files(&comparison().0.subjects).unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nothing_is_left_of_a_subject_that_is_gone() {
    let subjects: BTreeSet<_> = comparison().0.subjects.iter().map(|one| one.name.clone()).collect();
    let mut folders: Vec<_> =
        Kernel::ALL.iter().map(|kernel| places::answers(*kernel, "x").with_file_name("")).collect();
    folders.extend([tables::Kind::ToMend, tables::Kind::Different].map(tables::Kind::folder));
    for file in folders.iter().flat_map(|folder| places::files(folder, "txt")) {
        let name = places::stem(&file);
        assert!(subjects.contains(&name), "{}: there is no questions/{name}.c", places::shown(&file));
    }
}

#[test]
fn no_subject_is_most_of_the_answers() {
    let (comparison, all) = comparison();
    let (_, of) = report::sum(all, Kernel::V6_1).unwrap();
    // Of few answers, each subject has many.
    if of < 1000 {
        return;
    }
    for one in all.iter().filter(|one| one.kernel == Kernel::V6_1) {
        let (_, lines) = one.same();
        let name = &comparison.subjects[one.subject].name;
        assert!(lines * 100 <= of * 15, "{name} has {lines} of {of} answers, more than 15 %");
    }
}

#[test]
fn what_modules_ask_for_is_in_the_interface() {
    let interface = Interface::read().unwrap();
    let demand = fs::read_to_string(places::package().with_file_name("demand.txt")).unwrap();
    let mut missing = Vec::new();
    for line in demand.lines().filter(|line| line.starts_with("symbol ")) {
        // symbol HEADER NAME COUNT
        let name = line.split(' ').nth(2).unwrap();
        if !interface.has(name) {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "not in symbols.txt: {}", missing.join(" "));
}
