//! Two tables of differing answers: *to mend*, with the issue that will fix them, and *different*
//! on purpose, with the reason. Each has a file per subject, with entries such as
//!
//! ```text
//! case 6.1 6.12
//!   linux: left=1
//!   ours: left=0
//!   issue: 10
//! ```
//!
//! An entry without kernels is for all of them. The case may be `*`, and a `*` in the answers
//! stands for any text. In *different*, `why: …` takes the place of the issue. A line that begins
//! with `#` is a comment. An `OURS` case can't have an entry: its answers have to be right.

use crate::kernel::Kernel;
use crate::{Result, places};
use std::path::PathBuf;

/// The kind of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Faults, which an issue will fix.
    ToMend,
    /// Deliberate differences.
    Different,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its table.
    pub kind: Kind,
    /// The case, or `*`.
    pub case: String,
    /// The kernels.
    pub kernels: Vec<Kernel>,
    /// The kernel's answer.
    pub linux: String,
    /// Ours.
    pub ours: String,
    /// The issue's number, or the reason.
    pub why: String,
    /// The entry's place.
    pub place: String,
}

impl Kind {
    /// The folder of the table's files.
    pub fn folder(self) -> PathBuf {
        places::package().join(match self {
            Self::ToMend => "to-mend",
            Self::Different => "different",
        })
    }

    /// The key of the reason.
    pub fn key(self) -> &'static str {
        match self {
            Self::ToMend => "issue",
            Self::Different => "why",
        }
    }

    /// The file of a subject.
    pub fn file(self, subject: &str) -> PathBuf {
        self.folder().join(format!("{subject}.txt"))
    }
}

impl Entry {
    /// True if the entry allows this difference.
    pub fn allows(&self, kernel: Kernel, case: &str, linux: &str, ours: &str) -> bool {
        self.is_of(kernel, case, linux) && matches(&self.ours, ours)
    }

    /// True if the entry is for this answer of the kernel.
    pub fn is_of(&self, kernel: Kernel, case: &str, linux: &str) -> bool {
        self.kernels.contains(&kernel)
            && (self.case == "*" || self.case == case)
            && matches(&self.linux, linux)
    }
}

/// The entries of a subject.
pub fn of_subject(subject: &str) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for kind in [Kind::ToMend, Kind::Different] {
        let path = kind.file(subject);
        if path.exists() {
            entries.extend(parse(kind, &places::shown(&path), &places::read(&path)?)?);
        }
    }
    Ok(entries)
}

pub(crate) fn parse(kind: Kind, file: &str, text: &str) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let place = format!("{file}:{}", n + 1);
        let wrong = |what: &str| format!("{place}: {what}");
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            let mut words = line.split_whitespace();
            let case = words.next().unwrap_or_default().to_owned();
            let kernels: Result<Vec<Kernel>> =
                words.map(|word| word.parse().map_err(|e: String| wrong(&e))).collect();
            let mut kernels = kernels?;
            if kernels.is_empty() {
                kernels = Kernel::ALL.to_vec();
            }
            let empty = String::new;
            entries.push(Entry { kind, case, kernels, linux: empty(), ours: empty(), why: empty(), place });
            continue;
        }
        let (key, value) =
            line.trim_start().split_once(':').ok_or_else(|| wrong("this is no `key: value`"))?;
        let entry = entries.last_mut().ok_or_else(|| wrong("an entry begins with a case's name"))?;
        let field = match key {
            "linux" => &mut entry.linux,
            "ours" => &mut entry.ours,
            key if key == kind.key() => &mut entry.why,
            _ => return Err(wrong(&format!("the keys are linux, ours and {}", kind.key()))),
        };
        if !field.is_empty() {
            return Err(wrong(&format!("{key} is said twice")));
        }
        *field = value.strip_prefix(' ').unwrap_or(value).to_owned();
    }
    for entry in &entries {
        if entry.linux.is_empty() || entry.ours.is_empty() || entry.why.trim().is_empty() {
            return Err(format!("{}: an entry says linux, ours and {}", entry.place, kind.key()));
        }
        if kind == Kind::ToMend && entry.why.parse::<u32>().is_err() {
            return Err(format!("{}: issue is a number", entry.place));
        }
    }
    Ok(entries)
}

/// True if the text matches the pattern, in which a `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read() {
        let text = "# why\n\ncase 6.12\n  linux: a=1: b\n  ours: a=*\n  issue: 10\nother\n  ours: (not built)\n  linux: *\n  issue: 8\n";
        let entries = parse(Kind::ToMend, "t", text).unwrap();
        assert_eq!(entries.len(), 2);
        assert!(entries[0].allows(Kernel::V6_12, "case", "a=1: b", "a=2"));
        assert!(!entries[0].allows(Kernel::V6_1, "case", "a=1: b", "a=2"));
        assert!(!entries[0].allows(Kernel::V6_12, "case", "a=1", "a=2"));
        assert!(!entries[0].allows(Kernel::V6_12, "other", "a=1: b", "a=2"));
        assert!(entries[1].allows(Kernel::V6_1, "other", "x", "(not built)"));
        assert_eq!(entries[1].place, "t:7");
    }

    #[test]
    fn what_is_no_entry_is_told() {
        let error = |text: &str| parse(Kind::Different, "t", text).unwrap_err();
        assert_eq!(error("a 5.4\n"), "t:1: no answers are recorded of 5.4: say 6.1 or 6.12");
        assert_eq!(error("a\n  issue: 8\n"), "t:2: the keys are linux, ours and why");
        assert_eq!(error("  linux: x\n"), "t:1: an entry begins with a case's name");
        assert_eq!(error("a\n  linux: x\n  ours: y\n"), "t:1: an entry says linux, ours and why");
        let text = "a\n  linux: x\n  ours: y\n  issue: later\n";
        assert_eq!(parse(Kind::ToMend, "t", text).unwrap_err(), "t:1: issue is a number");
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text) in
            [("a", "a"), ("*", ""), ("*", "ab"), ("a*c", "abbc"), ("a*b*", "acb"), ("*b", "bb")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a", "ab"), ("a*", "ba"), ("a*a", "a"), ("*b*c", "cb"), ("", "a")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
