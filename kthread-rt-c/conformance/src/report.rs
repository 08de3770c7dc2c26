//! The report of a comparison, with all that a first reader needs.

use crate::compare::{Compared, NO_ANSWER, NOT_BUILT, Verdict};
use crate::kernel::Kernel;
use crate::places;
use crate::questions::Subject;
use crate::tables::Kind;
use crate::ukmod::Silence;
use std::fmt::Write;

/// A line about a subject: how many answers are equal.
pub fn line(subject: &Subject, compared: &Compared) -> String {
    let (same, all) = compared.same();
    let mut line =
        format!("Linux {:<5} {:<16} {same:>4} of {all:>4} the same", compared.kernel.version(), subject.name);
    let mut notes = Vec::new();
    let mut note = |count: usize, what: &str| {
        if count > 0 {
            notes.push(format!("{count} {what}"));
        }
    };
    note(compared.known(Kind::ToMend), "to mend");
    note(compared.known(Kind::Different), "different on purpose");
    note(compared.rows.iter().filter(|row| row.verdict == Verdict::Differs).count(), "DIFFER");
    note(compared.unused.len(), "entries of the tables that NOTHING NEEDS");
    note(compared.rows.iter().filter(|row| row.defined).count(), "asked of us alone");
    if compared.not_recorded {
        notes.push("nothing is RECORDED".into());
    }
    if !notes.is_empty() {
        let _ = write!(line, "   ({})", notes.join(", "));
    }
    line
}

/// The sum over all subjects for one kernel.
pub fn sum(all: &[Compared], kernel: Kernel) -> Option<(usize, usize)> {
    let of_kernel: Vec<_> = all.iter().filter(|one| one.kernel == kernel).map(Compared::same).collect();
    let add = |a: (usize, usize), b: &(usize, usize)| (a.0 + b.0, a.1 + b.1);
    (!of_kernel.is_empty()).then(|| of_kernel.iter().fold((0, 0), add))
}

/// The sums at the begin of `docs/conformance.md`: `n of m answers of Linux 6.1, n of m of 6.12`.
pub fn sums(all: &[Compared]) -> String {
    let mut text = String::new();
    for kernel in Kernel::ALL {
        if let Some((same, of)) = sum(all, kernel) {
            let of_what = if text.is_empty() { "answers of Linux " } else { "of " };
            let comma = if text.is_empty() { "" } else { ", " };
            let _ = write!(text, "{comma}{same} of {of} {of_what}{kernel}");
        }
    }
    text
}

/// All faults; empty if there are none.
pub fn faults(subjects: &[Subject], all: &[Compared]) -> String {
    let mut text = String::new();
    for (n, subject) in subjects.iter().enumerate() {
        let compared: Vec<_> = all.iter().filter(|one| one.subject == n && !one.is_well()).collect();
        silences(&mut text, subject, &compared);
        differences(&mut text, subject, &compared);
        unused(&mut text, subject, &compared);
        for one in compared.iter().filter(|one| one.not_recorded) {
            let _ = writeln!(
                text,
                "{}: Linux {kernel} was never asked this. Ask it:\n  cargo run -p conformance -- record --kernel {kernel} --only {}\n",
                places::shown(&subject.path),
                subject.name,
                kernel = one.kernel
            );
        }
    }
    text
}

/// Why subjects lack answers.
fn silences(text: &mut String, subject: &Subject, compared: &[&Compared]) {
    let mut reported = Vec::new();
    for one in compared {
        let Some(silence) = &one.silence else { continue };
        // Thread ids differ in each run.
        let without_numbers = format!("{silence:?}").replace(|c: char| c.is_ascii_digit(), "");
        if reported.contains(&without_numbers) {
            continue;
        }
        reported.push(without_numbers);
        let (what, why) = match silence {
            Silence::NotBuilt(why) => ("does not build, so all its answers differ", why),
            Silence::Broke(why) => ("did not come to its end, so what is missing differs", why),
        };
        let file = places::shown(&subject.path);
        let _ = writeln!(text, "{file}, as for Linux {}, {what}:", one.kernel);
        for line in why.trim_end().lines() {
            let _ = writeln!(text, "  | {line}");
        }
        text.push('\n');
    }
}

/// A difference that one or more kernels share.
#[derive(Debug)]
struct Difference {
    kernels: Vec<Kernel>,
    case: String,
    linux: String,
    ours: String,
    defined: bool,
    /// The number of lines: more than one only if answers are missing.
    lines: usize,
}

impl Difference {
    fn is_same(&self, other: &Self) -> bool {
        (&self.case, &self.linux, &self.ours, self.lines)
            == (&other.case, &other.linux, &other.ours, other.lines)
    }

    fn versions(&self, between: &str) -> String {
        self.kernels.iter().map(|kernel| kernel.version()).collect::<Vec<_>>().join(between)
    }
}

/// The differences that no table has, summarised: one for a subject that does not build, one per
/// case whose answers are missing, and each only once for several kernels.
fn gather(compared: &[&Compared]) -> Vec<Difference> {
    let mut all: Vec<Difference> = Vec::new();
    for one in compared {
        let mut of_one: Vec<Difference> = Vec::new();
        for row in one.rows.iter().filter(|row| row.verdict == Verdict::Differs) {
            let (case, linux) = match (&one.silence, &*row.ours) {
                (_, NOT_BUILT) => ("*", "*"),
                (Some(_), NO_ANSWER) => (&*row.case, "*"),
                _ => (&*row.case, &*row.linux),
            };
            let before =
                of_one.iter_mut().find(|before| before.case == case && linux == "*" && before.linux == "*");
            if let Some(before) = before {
                before.lines += 1;
                continue;
            }
            of_one.push(Difference {
                kernels: vec![one.kernel],
                case: case.to_owned(),
                linux: linux.to_owned(),
                ours: row.ours.clone(),
                defined: row.defined,
                lines: 1,
            });
        }
        for new in of_one {
            let same = all.iter_mut().find(|old| old.is_same(&new) && !old.kernels.contains(&one.kernel));
            match same {
                Some(old) => old.kernels.push(one.kernel),
                None => all.push(new),
            }
        }
    }
    all
}

/// Reports the differences that no table has, and what to do about them.
fn differences(text: &mut String, subject: &Subject, compared: &[&Compared]) {
    let differences = gather(compared);
    let mut entries = String::new();
    for one in &differences {
        let who = format!("Linux {}", one.versions(", "));
        let name = &subject.name;
        if one.linux == "*" {
            let which = if one.case == "*" { name.clone() } else { format!("{name}.{}", one.case) };
            let place = subject.place(&one.case);
            let _ = writeln!(text, "{which}: {} answer(s) of {who} are missing ({place})\n", one.lines);
        } else if one.defined {
            let _ = writeln!(
                text,
                "{name}.{}: kthread-rt does not answer as its question defines it\n  question         {}\n  defined          {}\n  \
                 kthread-rt       {}\n",
                one.case,
                subject.place(&one.case),
                one.linux,
                one.ours
            );
            continue;
        } else {
            let _ = writeln!(
                text,
                "{name}.{}: kthread-rt does not answer as {who}\n  question         {}\n  {who:<16} {}\n  kthread-rt       {}\n",
                one.case,
                subject.place(&one.case),
                one.linux,
                one.ours
            );
        }
        let _ = write!(
            entries,
            "\n{} {}\n  linux: {}\n  ours: {}\n  issue: N\n",
            one.case,
            one.versions(" "),
            one.linux,
            one.ours
        );
    }
    if !entries.is_empty() {
        let _ = writeln!(
            text,
            "What to do about {}: mend kthread-rt, so that it answers as Linux. What an issue is going to mend is entered in\n{}, with the \
             issue's number:\n{entries}\nWhat differs on purpose is entered in {} instead,\nwith `why: ` and the reason in place of the \
             issue.\n",
            subject.name,
            places::shown(&Kind::ToMend.file(&subject.name)),
            places::shown(&Kind::Different.file(&subject.name)),
        );
    }
}

/// Reports table entries that no difference needs (any more).
fn unused(text: &mut String, subject: &Subject, compared: &[&Compared]) {
    let mut reported = Vec::new();
    for one in compared {
        for &entry in &one.unused {
            if reported.contains(&entry) {
                continue;
            }
            reported.push(entry);
            let which = compared.iter().filter(|one| one.unused.contains(&entry));
            let versions: Vec<_> = which.map(|one| one.kernel.version()).collect();
            let entry = &one.entries[entry];
            let _ = writeln!(
                text,
                "{}: no answer of {}.{} differs in this way from Linux {}\n  linux        {}\n  ours         {}\n  \
                 what to do   if it is mended, take the entry (or this kernel in it) out; if it differs in another way now, \
                 look into that\n",
                entry.place,
                subject.name,
                entry.case,
                versions.join(", "),
                entry.linux,
                entry.ours
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Row;
    use crate::questions::Case;
    use crate::tables::Entry;

    /// A comparison with one kernel, with one equal row and an unused entry.
    fn compared(kernel: Kernel) -> Compared {
        let text = |text: &str| text.to_owned();
        let row = |case: &str, defined, verdict| Row {
            case: text(case),
            linux: text("x=1"),
            ours: text(if verdict == Verdict::Same { "x=1" } else { "x=2" }),
            defined,
            verdict,
        };
        let entry = Entry {
            kind: Kind::ToMend,
            case: text("a"),
            kernels: Kernel::ALL.to_vec(),
            linux: text("x=1"),
            ours: text("x=0"),
            why: text("10"),
            place: text("to-mend/s.txt:3"),
        };
        Compared {
            kernel,
            subject: 0,
            rows: vec![
                row("a", false, Verdict::Same),
                row("a", false, Verdict::Known(0)),
                row("b", true, Verdict::Same),
            ],
            entries: vec![entry],
            unused: Vec::new(),
            silence: None,
            not_recorded: false,
        }
    }

    fn subjects() -> [Subject; 1] {
        let case =
            |name: &str, ours| Case { name: name.into(), line: 7, symbols: Vec::new(), ours, warns: false };
        [Subject { name: "s".into(), path: "s.c".into(), cases: vec![case("a", false), case("b", true)] }]
    }

    #[test]
    fn a_line_counts_what_a_kernel_answered() {
        let subjects = subjects();
        let one = compared(Kernel::V6_1);
        assert_eq!(
            line(&subjects[0], &one),
            "Linux 6.1   s                   1 of    2 the same   (1 to mend, 1 asked of us alone)"
        );
        let all = Kernel::ALL.map(compared);
        assert_eq!(sums(&all), "1 of 2 answers of Linux 6.1, 1 of 2 of 6.12");
        assert_eq!(sums(&all[1..]), "1 of 2 answers of Linux 6.12");
        assert_eq!(faults(&subjects, &all), "");
    }

    #[test]
    fn an_entry_that_nothing_needs_is_told_once() {
        let mut all = Kernel::ALL.map(compared);
        all.iter_mut().for_each(|one| one.unused = vec![0]);
        let text = faults(&subjects(), &all);
        let first = "to-mend/s.txt:3: no answer of s.a differs in this way from Linux 6.1, 6.12\n";
        assert!(text.starts_with(first), "{text}");
        assert_eq!(text.matches("to-mend/s.txt:3").count(), 1, "{text}");
    }

    #[test]
    fn what_was_never_recorded_is_a_fault() {
        let mut all = [compared(Kernel::V6_12)];
        all[0].not_recorded = true;
        let text = faults(&subjects(), &all);
        assert!(text.contains("cargo run -p conformance -- record --kernel 6.12 --only s\n"), "{text}");
    }
}
