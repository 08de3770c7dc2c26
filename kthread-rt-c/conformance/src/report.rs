//! What is told of a comparison: for somebody who has never seen it before.

use crate::compare::{Compared, NOT_BUILT, Row, Verdict};
use crate::kernel::Kernel;
use crate::places;
use crate::questions::Subject;
use crate::tables::Kind;
use crate::ukmod::Silence;
use std::fmt::Write;

/// One line on a subject: how many are the same.
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

/// The sum over subjects, of one kernel.
pub fn sum(all: &[Compared], kernel: Kernel) -> Option<(usize, usize)> {
    let of_kernel: Vec<_> = all.iter().filter(|one| one.kernel == kernel).map(Compared::same).collect();
    let add = |a: (usize, usize), b: &(usize, usize)| (a.0 + b.0, a.1 + b.1);
    (!of_kernel.is_empty()).then(|| of_kernel.iter().fold((0, 0), add))
}

/// The sums, as `docs/conformance.md` begins with them: `n of m answers of Linux 6.1, n of m of 6.12`.
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

/// All that is not as it should be; empty if there is nothing.
pub fn faults(subjects: &[Subject], all: &[Compared]) -> String {
    let mut text = String::new();
    for (n, subject) in subjects.iter().enumerate() {
        let compared: Vec<_> = all.iter().filter(|one| one.subject == n && !one.is_well()).collect();
        silences(&mut text, subject, &compared);
        not_built(&mut text, subject, &compared);
        differences(&mut text, subject, &compared);
        unused(&mut text, subject, &compared);
        for one in compared.iter().filter(|one| one.not_recorded) {
            let _ = writeln!(
                text,
                "{}: Linux {kernel} was never asked this.\n  what to do   cargo run -p conformance -- record --kernel {kernel} --only {}\n",
                places::shown(&subject.path),
                subject.name,
                kernel = one.kernel
            );
        }
    }
    text
}

/// Why a subject, of no kernel, has all its answers.
fn silences(text: &mut String, subject: &Subject, compared: &[&Compared]) {
    let mut told: Vec<&Silence> = Vec::new();
    for one in compared {
        let Some(silence) = &one.silence else { continue };
        if told.contains(&silence) {
            continue;
        }
        told.push(silence);
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

/// All answers of a subject that does not build, if no table has them.
fn not_built(text: &mut String, subject: &Subject, compared: &[&Compared]) {
    let differs = |row: &Row| row.verdict == Verdict::Differs && row.ours == NOT_BUILT;
    let which: Vec<_> = compared.iter().filter(|one| one.rows.iter().any(differs)).collect();
    if which.is_empty() {
        return;
    }
    let versions: Vec<_> = which.iter().map(|one| one.kernel.version()).collect();
    let _ = writeln!(
        text,
        "{}: kthread-rt does not build it, and Linux {} does\n  what to do   mend kthread-rt's headers or symbols. Until then, say so \
         in {}:\n\n* {}\n  linux: *\n  ours: {NOT_BUILT}\n  issue: N\n",
        places::shown(&subject.path),
        versions.join(", "),
        places::shown(&Kind::ToMend.file(&subject.name)),
        versions.join(" "),
    );
}

/// Lines that differ and that no table has; the same difference to several kernels is told once.
fn differences(text: &mut String, subject: &Subject, compared: &[&Compared]) {
    let differing = |one: &&Compared| -> Vec<(Kernel, Row)> {
        let rows = one.rows.iter().filter(|row| row.verdict == Verdict::Differs && row.ours != NOT_BUILT);
        rows.map(|row| (one.kernel, row.clone())).collect()
    };
    let mut left: Vec<_> = compared.iter().flat_map(differing).collect();
    while !left.is_empty() {
        let (kernel, row) = left.remove(0);
        let mut kernels = vec![kernel];
        left.retain(|(kernel, other)| {
            let again = *other == row && !kernels.contains(kernel);
            if again {
                kernels.push(*kernel);
            }
            !again
        });
        let versions: Vec<_> = kernels.iter().map(|kernel| kernel.version()).collect();
        let who = if row.defined { "defined".into() } else { format!("Linux {}", versions.join(", ")) };
        let to_do = if row.defined {
            format!("mend kthread-rt, or what {} defines", subject.place(&row.case))
        } else {
            format!(
                "mend kthread-rt. If it stays so, say so in {} (with the issue that mends it), or in {} \
                 (with `why:` and the reason, in place of `issue:`):\n\n{} {}\n  linux: {}\n  ours: {}\n  issue: N",
                places::shown(&Kind::ToMend.file(&subject.name)),
                places::shown(&Kind::Different.file(&subject.name)),
                row.case,
                versions.join(" "),
                row.linux,
                row.ours
            )
        };
        let _ = writeln!(
            text,
            "{}.{}: kthread-rt does not answer as {}\n  question     {}\n  {who:<12} {}\n  kthread-rt   {}\n  what to do   {to_do}\n",
            subject.name,
            row.case,
            if row.defined { "it is defined".into() } else { who.clone() },
            subject.place(&row.case),
            row.linux,
            row.ours,
        );
    }
}

/// Entries of the tables that are of no difference (any more).
fn unused(text: &mut String, subject: &Subject, compared: &[&Compared]) {
    let mut told = Vec::new();
    for one in compared {
        for &entry in &one.unused {
            if told.contains(&entry) {
                continue;
            }
            told.push(entry);
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
