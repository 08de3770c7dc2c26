//! Writes `docs/conformance.md` from a comparison: the symbols, the cases that ask about them, and
//! the results.

use crate::compare::{Compared, NO_ANSWER, Row, Verdict};
use crate::kernel::Kernel;
use crate::questions::Subject;
use crate::symbols::{self, Interface};
use crate::tables::Kind;
use crate::{Result, answers, places, report, rust_face};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

/// The document's path.
pub fn path() -> PathBuf {
    places::workspace().join("docs/conformance.md")
}

/// The marks around the sums in README.md.
const BEGIN: &str = "<!-- begin: conformance -->";
const END: &str = "<!-- end: conformance -->";

/// README.md with the current sums.
pub fn quoted(readme: &str, sums: &str) -> Result<String> {
    let parts = readme.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| format!("README.md has no `{BEGIN}…{END}`"))?;
    Ok(format!("{before}{BEGIN}{sums}{END}{after}"))
}

/// The document.
pub fn text(subjects: &[Subject], all: &[Compared]) -> Result<String> {
    let interface = Interface::read()?;
    let coverage = symbols::coverage(subjects);
    let mut text = format!(
        "{}\n\n# Conformance\n\nThe same C modules, unmodified, asked real kernels and ask kthread-rt; an answer is a line that they \
         print. How that is done, and how to add a question: [kthread-rt-c/conformance](../kthread-rt-c/conformance/README.md). \
         `cargo run -p conformance -- docs` has written this file, and a test compares it.\n\n",
        report::sums(all)
    );
    kernels(&mut text, subjects)?;
    by_subject(&mut text, subjects, all);
    differences(&mut text, subjects, all);
    text += &rust_face::chapter(subjects)?;

    let _ = writeln!(
        text,
        "\n## By symbol\n\nAn answer of a case counts for each symbol that the case covers. *Of us alone*: what a real kernel would not survive.\n"
    );
    let _ = writeln!(text, "| symbol | cases | as Linux 6.1 | as Linux 6.12 | |\n|---|---|--:|--:|---|");
    let mut uncovered = Vec::new();
    let mut listed = BTreeSet::new();
    for (header, list) in &interface.headers {
        let (covered, not): (Vec<_>, Vec<_>) =
            list.iter().map(String::as_str).partition(|symbol| coverage.contains_key(symbol));
        if !covered.is_empty() {
            let _ = writeln!(text, "| **{header}** | | | | |");
        }
        for symbol in covered {
            listed.insert(symbol);
            row(&mut text, symbol, &coverage[symbol], subjects, all);
        }
        if !not.is_empty() {
            uncovered.push((header, not));
        }
    }
    let more: Vec<_> = coverage.keys().filter(|symbol| !listed.contains(*symbol)).collect();
    if !more.is_empty() {
        let _ = writeln!(text, "| **others** | | | | |");
    }
    for symbol in more {
        row(&mut text, symbol, &coverage[symbol], subjects, all);
    }

    let count: usize = uncovered.iter().map(|(_, list)| list.len()).sum();
    let _ = writeln!(
        text,
        "\n## Not covered\n\n{count} of the {} symbols of `symbols.txt` of which an answer can be had:\n",
        interface.observable().count()
    );
    let names = |list: &[&str]| list.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    for (header, list) in uncovered {
        let _ = writeln!(text, "* {header}: {}", names(&list));
    }
    let _ = writeln!(text, "\nNo answer can be had of these:\n");
    for (why, list) in &interface.unobservable {
        let list: Vec<_> = list.iter().map(String::as_str).collect();
        let _ = writeln!(text, "* {why}: {}", names(&list));
    }
    Ok(text)
}

/// The kernels that have answered.
fn kernels(text: &mut String, subjects: &[Subject]) -> Result<()> {
    for kernel in Kernel::ALL {
        let mut versions = BTreeSet::new();
        for subject in subjects {
            versions.extend(answers::Recorded::read(kernel, &subject.name)?.map(|recorded| recorded.version));
        }
        for version in versions {
            let _ = writeln!(text, "* Linux {version}");
        }
    }
    Ok(())
}

fn by_subject(text: &mut String, subjects: &[Subject], all: &[Compared]) {
    let _ = writeln!(
        text,
        "\n## By subject\n\n| subject | cases | as Linux 6.1 | as Linux 6.12 | to mend | different on purpose | of us alone |\n|---|--:|--:|--:|--:|--:|--:|"
    );
    for (n, subject) in subjects.iter().enumerate() {
        let of_kernel = |kernel| all.iter().find(|one| one.subject == n && one.kernel == kernel);
        let same = |kernel| {
            of_kernel(kernel).map_or("–".into(), |one| {
                let (same, of) = one.same();
                format!("{same} of {of}")
            })
        };
        let most = |count: &dyn Fn(&Compared) -> usize| {
            let most = all.iter().filter(|one| one.subject == n).map(count).max().unwrap_or(0);
            if most == 0 { String::new() } else { most.to_string() }
        };
        let _ = writeln!(
            text,
            "| [{}](../{}) | {} | {} | {} | {} | {} | {} |",
            subject.name,
            places::shown(&subject.path),
            subject.cases.len(),
            same(Kernel::V6_1),
            same(Kernel::V6_12),
            most(&|one| one.known(Kind::ToMend)),
            most(&|one| one.known(Kind::Different)),
            most(&|one| one.rows.iter().filter(|row| row.defined).count()),
        );
    }
}

/// Each difference in a table, once; for an entry about many lines, the entry.
fn differences(text: &mut String, subjects: &[Subject], all: &[Compared]) {
    let titles = [(Kind::Different, "Different on purpose", "reason"), (Kind::ToMend, "To mend", "issue")];
    for (kind, title, why) in titles {
        let mut rows: Vec<String> = Vec::new();
        for one in all {
            for row in one.rows.iter().filter(|row| one.is_known(row, kind)) {
                let Verdict::Known(entry) = row.verdict else { continue };
                let entry = &one.entries[entry];
                let line = format!(
                    "| {}.{} | {} | {} | {} |",
                    subjects[one.subject].name,
                    escaped(&entry.case),
                    code(&entry.linux),
                    code(&entry.ours),
                    escaped(&entry.why)
                );
                if !rows.contains(&line) {
                    rows.push(line);
                }
            }
        }
        if !rows.is_empty() {
            let _ = writeln!(
                text,
                "\n## {title}\n\nA `*` stands for any text.\n\n| case | Linux | kthread-rt | {why} |\n|---|---|---|---|\n{}",
                rows.join("\n")
            );
        }
    }
}

fn row(text: &mut String, symbol: &str, cases: &[(usize, usize)], subjects: &[Subject], all: &[Compared]) {
    let names: Vec<_> =
        cases.iter().map(|&(s, c)| format!("{}.{}", subjects[s].name, subjects[s].cases[c].name)).collect();
    let is_in = |one: &Compared, row: &Row| {
        cases.iter().any(|&(s, c)| s == one.subject && subjects[s].cases[c].name == row.case)
    };
    let mut columns = Vec::new();
    let mut notes: Vec<String> = Vec::new();
    for kernel in Kernel::ALL {
        let of_kernel = all.iter().filter(|one| one.kernel == kernel);
        let rows = of_kernel.flat_map(|one| one.rows.iter().map(move |row| (one, row)));
        let rows: Vec<_> = rows.filter(|(one, row)| is_in(one, row)).collect();
        let count =
            |is: &dyn Fn(&Compared, &Row) -> bool| rows.iter().filter(|(one, row)| is(one, row)).count();
        let of = count(&|_, row| is_of_kernel(row));
        let same = count(&|_, row| is_of_kernel(row) && row.verdict == Verdict::Same);
        columns.push(if of == 0 { "–".to_owned() } else { format!("{same} of {of}") });
        let of_kind = |kind: Kind| count(&|one, row| one.is_known(row, kind));
        for (lines, what) in [
            (of_kind(Kind::ToMend), "to mend"),
            (of_kind(Kind::Different), "different on purpose"),
            (count(&|_, row| row.verdict == Verdict::Differs), "differ"),
            (count(&|_, row| row.defined), "of us alone"),
        ] {
            let note = format!("{lines} {what}");
            if lines > 0 && !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    let _ = writeln!(
        text,
        "| `{symbol}` | {} | {} | {} |",
        names.join(", "),
        columns.join(" | "),
        notes.join(", ")
    );
}

/// True if a kernel has answered this.
fn is_of_kernel(row: &Row) -> bool {
    !row.defined && row.linux != NO_ANSWER
}

/// Escapes a text for a table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('*', "\\*")
}

fn code(text: &str) -> String {
    if text.starts_with('(') { text.to_owned() } else { format!("`{}`", text.replace('|', "\\|")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_quotes_the_sums() {
        let readme = "It gives <!-- begin: conformance -->1 of 2<!-- end: conformance -->.\n";
        assert_eq!(quoted(readme, "2 of 2").unwrap(), readme.replace("1 of 2", "2 of 2"));
        assert!(quoted("It gives none.\n", "2 of 2").is_err());
    }
}
