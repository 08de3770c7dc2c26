//! Compares the answers of cases that are asked through the Rust crate, too, with those of Linux
//! 6.1.
//!
//! The cases are in `tests/rust_face`, a file for each subject, with the same names as in C. A file
//! lists its cases in `cases![…]`, which begins on a line of its own: this module parses the list,
//! so it is known without running anything. Deliberate differences of the Rust side are in
//! `different/rust/SUBJECT.txt`, in the format of the other `tables`. Differences that the C side
//! has, too, are in its tables already.

use crate::answers::{Answers, Line, Recorded};
use crate::compare::{self, Compared, Verdict};
use crate::kernel::Kernel;
use crate::questions::{self, Subject};
use crate::tables::{self, Entry, Kind};
use crate::{Result, places};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The kernel to compare with.
pub const KERNEL: Kernel = Kernel::V6_1;

/// The folder of the Rust cases.
pub fn folder() -> PathBuf {
    places::package().join("tests/rust_face")
}

/// The file of a subject's deliberate differences.
pub fn table(subject: &str) -> PathBuf {
    Kind::Different.folder().join("rust").join(format!("{subject}.txt"))
}

/// A subject's cases that are asked through Rust.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    /// The subject.
    pub subject: String,
    /// The cases, in the order of their list.
    pub cases: Vec<String>,
}

/// All cases that are asked through Rust, by subject.
pub fn asked() -> Result<Vec<Asked>> {
    let mut all = Vec::new();
    for path in places::files(&folder(), "rs") {
        if let Some(cases) = listed(&places::read(&path)?) {
            all.push(Asked { subject: places::stem(&path), cases });
        }
    }
    Ok(all)
}

/// The names in a file's list.
fn listed(text: &str) -> Option<Vec<String>> {
    let (_, list) = text.split_once("\ncases![")?;
    let (list, _) = list.split_once(']')?;
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    Some(names.map(|name| self::name(name).to_owned()).collect())
}

/// The C name for a Rust name that avoids a keyword: a function's ends with a `_`, a module's
/// begins with `r#`.
pub fn name(of_rust: &str) -> &str {
    of_rust.trim_start_matches("r#").trim_end_matches('_')
}

/// Compares a subject's answers through Rust with those of Linux 6.1.
pub fn compare(asked: &Asked, ours: &[Line]) -> Result<Compared> {
    let name = &asked.subject;
    let mut subject = questions::subjects(Some(name))?.remove(0);
    for case in &asked.cases {
        if !subject.cases.iter().any(|one| one.name == *case && !one.ours) {
            return Err(format!("{name}.{case}: {} asks no kernel that", subject.place(case)));
        }
    }
    subject.cases.retain(|case| asked.cases.contains(&case.name));
    let recorded = Recorded::read(KERNEL, name)?;
    let not_recorded = recorded.is_none();
    let mut linux = recorded.map(|recorded| recorded.lines).unwrap_or_default();
    linux.retain(|line| asked.cases.contains(&line.case));
    let ours = Answers { lines: ours.to_vec(), ..Answers::default() };
    let mut rows = compare::rows(&subject, &linux, &ours, compare::NO_ANSWER);
    // A known fault of the C side is not counted here again.
    let mut entries = entries(name)?;
    let own = entries.len();
    entries.extend(tables::of_subject(name)?);
    let mut unused = compare::judge(&mut rows, &entries, KERNEL, None);
    let is_asked = |entry: &Entry| entry.case == "*" || asked.cases.contains(&entry.case);
    unused.retain(|entry| *entry < own && is_asked(&entries[*entry]));
    Ok(Compared { kernel: KERNEL, subject: 0, rows, entries, unused, silence: None, not_recorded })
}

/// The deliberate differences of the Rust side.
pub fn entries(subject: &str) -> Result<Vec<Entry>> {
    let path = table(subject);
    if !path.exists() {
        return Ok(Vec::new());
    }
    tables::parse(Kind::Different, &places::shown(&path), &places::read(&path)?)
}

/// All faults; empty if there are none.
pub fn faults(asked: &Asked, compared: &Compared) -> Result<String> {
    let subject = questions::subjects(Some(&asked.subject))?.remove(0);
    let file = folder().join(format!("{}.rs", asked.subject));
    let mut text = String::new();
    for row in compared.rows.iter().filter(|row| row.verdict == Verdict::Differs) {
        let _ = writeln!(
            text,
            "{}.{}: kthread-rt's Rust functions do not answer as Linux {KERNEL}\n  question         {}\n  in Rust          {}\n  \
             Linux {KERNEL}        {}\n  kthread-rt       {}\n",
            asked.subject,
            row.case,
            subject.place(&row.case),
            place(&file, &row.case),
            row.linux,
            row.ours
        );
    }
    if !text.is_empty() {
        let _ = writeln!(
            text,
            "Mend kthread-rt, so that it answers as Linux, or the case in Rust, so that it asks what the C file asks. What differs \
             on purpose is entered\nin {}, with the reason.\n",
            places::shown(&table(&asked.subject))
        );
    }
    for entry in &compared.unused {
        let entry = &compared.entries[*entry];
        let _ =
            writeln!(text, "{}: no answer differs like that any more. Take the entry out.\n", entry.place);
    }
    Ok(text)
}

/// The place of a case in Rust.
fn place(file: &Path, case: &str) -> String {
    let text = places::read(file).unwrap_or_default();
    let begins = [format!("fn {case}("), format!("fn {case}_(")];
    let line = text
        .lines()
        .position(|line| begins.iter().any(|begin| line.starts_with(begin)))
        .map_or(1, |line| line + 1);
    format!("{}:{line}", places::shown(file))
}

/// How many of Linux's answers the cases of a subject have.
pub fn answers(asked: &Asked) -> Result<usize> {
    let recorded = Recorded::read(KERNEL, &asked.subject)?.map(|one| one.lines).unwrap_or_default();
    Ok(recorded.iter().filter(|line| asked.cases.contains(&line.case)).count())
}

/// How many of these answers differ as the table says.
fn different(asked: &Asked) -> Result<usize> {
    let recorded = Recorded::read(KERNEL, &asked.subject)?.map(|one| one.lines).unwrap_or_default();
    let entries = entries(&asked.subject)?;
    let is_known = |line: &&Line| entries.iter().any(|entry| entry.is_of(KERNEL, &line.case, &line.text));
    Ok(recorded.iter().filter(is_known).count())
}

/// The cases, each with its subject, that Linux 6.1 has answered and whose functions, macros and
/// types all exist in the Rust crate. Fields don't count.
pub fn candidates(subjects: &[Subject]) -> Result<Vec<(String, String)>> {
    let words = words(&places::workspace().join("kthread-rt/src"))?;
    let mut candidates = Vec::new();
    for subject in subjects {
        let recorded = Recorded::read(KERNEL, &subject.name)?.map(|one| one.lines).unwrap_or_default();
        for case in subject.cases.iter().filter(|case| !case.ours) {
            let has_all = case.symbols.iter().all(|symbol| symbol.contains('.') || words.contains(symbol));
            if has_all && recorded.iter().any(|line| line.case == case.name) {
                candidates.push((subject.name.clone(), case.name.clone()));
            }
        }
    }
    Ok(candidates)
}

/// The words of all Rust files below a folder, without comments.
fn words(folder: &Path) -> Result<BTreeSet<String>> {
    let mut words = BTreeSet::new();
    let entries = fs::read_dir(folder).map_err(places::at(folder))?;
    for path in entries.map(|entry| entry.map(|entry| entry.path())) {
        let path = path.map_err(places::at(folder))?;
        if path.is_dir() {
            words.append(&mut self::words(&path)?);
        } else if path.extension().is_some_and(|of| of == "rs") {
            let text = places::read(&path)?;
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let of_line = |line: &str| -> Vec<String> {
                let parts = line.split(|c: char| !c.is_alphanumeric() && c != '_');
                parts.filter(|word| !word.is_empty()).map(str::to_owned).collect()
            };
            words.extend(code.flat_map(of_line));
        }
    }
    Ok(words)
}

/// The chapter of `docs/conformance.md`.
pub fn chapter(subjects: &[Subject]) -> Result<String> {
    let mut rows = String::new();
    let mut differences = String::new();
    let (mut cases, mut lines, mut different_lines, mut of) = (0, 0, 0, 0);
    for one in asked()? {
        let (answers, differ) = (answers(&one)?, different(&one)?);
        let names: Vec<_> = one.cases.iter().map(|case| format!("`{case}`")).collect();
        let _ = writeln!(
            rows,
            "| [{}](../{}) | {} | {answers} | {} |",
            one.subject,
            places::shown(&folder().join(format!("{}.rs", one.subject))),
            names.join(", "),
            if differ == 0 { String::new() } else { differ.to_string() }
        );
        for entry in entries(&one.subject)? {
            let _ = writeln!(
                differences,
                "| {}.{} | `{}` | {} | {} |",
                one.subject,
                entry.case.replace('*', "\\*"),
                entry.linux.replace('|', "\\|"),
                if entry.ours.starts_with('(') {
                    entry.ours.clone()
                } else {
                    format!("`{}`", entry.ours.replace('|', "\\|"))
                },
                entry.why.replace('|', "\\|")
            );
        }
        cases += one.cases.len();
        lines += answers;
        different_lines += differ;
        of += 1;
    }
    let all: usize =
        subjects.iter().map(|subject| subject.cases.iter().filter(|case| !case.ours).count()).sum();
    let mut text = format!(
        "\n## Through Rust\n\n{cases} of the {all} cases, with {lines} answers of Linux {KERNEL} in {of} subjects, are also asked through the \
         Rust crate; {different_lines} of the answers are different on purpose. It is done in safe code where there is any, and with drops where C calls a function that frees, stops or releases. \
         `cargo test -p conformance --test rust_face` compares.\n\n| subject | cases | answers of Linux {KERNEL} | different on purpose |\n|---|---|--:|--:|\n{rows}"
    );
    let asked = asked()?;
    let is_asked = |subject: &str, case: &String| {
        asked.iter().any(|one| one.subject == subject && one.cases.contains(case))
    };
    let candidates = candidates(subjects)?;
    let not: Vec<_> = candidates.iter().filter(|(subject, case)| !is_asked(subject, case)).collect();
    let names: Vec<_> = not.iter().map(|(subject, case)| format!("{subject}.{case}")).collect();
    let _ = write!(
        text,
        "\nOf {} cases the Rust crate has all functions, macros and types. Not asked of them are {}: {}.\n",
        candidates.len(),
        not.len(),
        names.join(", ")
    );
    if !differences.is_empty() {
        let _ = write!(
            text,
            "\nWhat Rust answers otherwise on purpose; a `*` stands for any text:\n\n| case | Linux | Rust | reason |\n|---|---|---|---|\n{differences}"
        );
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lists_its_cases() {
        let text = "use x;\n\ncases![counts, mod_,\n    order];\n\nfn counts() {}\n";
        assert_eq!(listed(text).unwrap(), ["counts", "mod", "order"]);
        assert_eq!(listed("// no list\n"), None);
    }

    /// Linux's answers to two cases, with one value changed and one line left out.
    #[test]
    fn a_wrong_value_and_a_missing_line_are_told() {
        let cases = ["counts", "all"].map(str::to_owned).to_vec();
        let asked = Asked { subject: "completion".into(), cases };
        let mut lines = Recorded::read(KERNEL, "completion").unwrap().unwrap().lines;
        lines.retain(|line| asked.cases.contains(&line.case));
        assert!(compare(&asked, &lines).unwrap().is_well());
        assert_eq!(answers(&asked).unwrap(), lines.len());

        let at = lines.iter().position(|line| line.text == "try_of_none=0").unwrap();
        lines[at].text = "try_of_none=1".into();
        let compared = compare(&asked, &lines).unwrap();
        assert_eq!(compared.same(), (lines.len() - 1, lines.len()));
        let text = faults(&asked, &compared).unwrap();
        for part in [
            "completion.counts: kthread-rt's Rust functions do not answer as Linux 6.1\n",
            "conformance/questions/completion.c:",
            "conformance/tests/rust_face/completion.rs:",
            "  Linux 6.1        try_of_none=0\n",
            "  kthread-rt       try_of_none=1\n",
            "conformance/different/rust/completion.txt",
        ] {
            assert!(text.contains(part), "no {part:?} in:\n{text}");
        }

        lines.remove(at);
        let text = faults(&asked, &compare(&asked, &lines).unwrap()).unwrap();
        assert!(text.contains("  kthread-rt       (no answer)\n"), "{text}");
    }

    #[test]
    fn only_cases_of_kernels_are_compared() {
        let asked = Asked { subject: "park".into(), cases: vec!["exits_instead".into()] };
        assert!(compare(&asked, &[]).unwrap_err().contains("park.exits_instead"));
    }
}
