//! The verdicts of people: `mutants/judged.txt` lists the mutants that no model can or need kill,
//! each with the argument.
//!
//! ```text
//! equivalent 1a2b3c4d rcu/mod.rs Grace::cookie: dropped: `fence(…);`
//!     Why no program can distinguish it from the original.
//! ```
//!
//! `equivalent`: no program can distinguish it from the original. `benign`: a program can, but no
//! promise is broken; it costs time or memory. A line that begins with `#` is a remark.

use super::mutant::Mutant;
use super::state::{Fate, Judgement};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;

/// The verdict on a survivor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verdict {
    Equivalent,
    Benign,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Equivalent { "equivalent" } else { "benign" })
    }
}

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) verdict: Verdict,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) argument: String,
}

/// Reads the list.
pub(crate) fn read(path: &Path) -> Result<Vec<Entry>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    parse(&text).map_err(|e| format!("{}: {e}", path.display()))
}

fn parse(text: &str) -> Result<Vec<Entry>, String> {
    let mut entries: Vec<Entry> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with(' ') {
            let entry = entries.last_mut().ok_or(format!("line {number}: an argument without a mutant"))?;
            entry.argument.push_str(line.trim());
            entry.argument.push(' ');
            continue;
        }
        let mut words = line.splitn(3, ' ');
        let verdict = match words.next() {
            Some("equivalent") => Verdict::Equivalent,
            Some("benign") => Verdict::Benign,
            _ => return Err(format!("line {number}: `equivalent` or `benign`, the mutant's id, its name")),
        };
        let (Some(id), Some(name)) = (words.next(), words.next()) else {
            return Err(format!("line {number}: the mutant's id and its name are missing"));
        };
        let (id, name) = (id.to_owned(), name.to_owned());
        entries.push(Entry { verdict, id, name, argument: String::new() });
    }
    if let Some(entry) = entries.iter().find(|entry| entry.argument.len() < 20) {
        return Err(format!("{} {}: an argument is missing", entry.id, entry.name));
    }
    let mut seen = HashSet::new();
    match entries.iter().find(|entry| !seen.insert(&entry.name)) {
        Some(twice) => Err(format!("{} {}: it is listed twice", twice.id, twice.name)),
        None => Ok(entries),
    }
}

/// What is wrong with the list: mutants that no longer exist, that don't compile, or that a model
/// has caught.
pub(crate) fn wrong(
    entries: &[Entry],
    mutants: &[Mutant],
    is_unviable: impl Fn(usize) -> bool,
    known: &HashMap<String, Judgement>,
) -> Vec<String> {
    let complaint = |entry: &Entry| {
        let index = mutants.iter().position(|mutant| mutant.name == entry.name);
        let why = match (index, known.get(&entry.name)) {
            (None, _) => "there is no such mutant any more".to_owned(),
            (Some(index), _) if mutants[index].id != entry.id => format!("its id is {}", mutants[index].id),
            (Some(index), _) if is_unviable(index) => "it does not compile".to_owned(),
            (_, Some(judgement)) if judgement.fate.is_caught() => format!("{} catches it", judgement.by),
            (_, Some(Judgement { fate: Fate::Unreached, .. })) if entry.verdict == Verdict::Equivalent => {
                return None;
            }
            _ => return None,
        };
        Some(format!("mutants/judged.txt: {} {} is {}, but {why}", entry.id, entry.name, entry.verdict))
    };
    entries.iter().filter_map(complaint).collect()
}

#[cfg(test)]
mod tests {
    use super::{Entry, Verdict, parse, wrong};
    use crate::generate::mutant::{Draft, Mutant, name_all};
    use crate::generate::state::{Fate, Judgement};
    use std::collections::HashMap;

    fn mutants() -> Vec<Mutant> {
        let draft = |text: &str| Draft { function: "f".into(), text: text.into(), ..Draft::default() };
        name_all("a.rs", vec![draft("a"), draft("b")])
    }

    fn entry(mutant: &Mutant) -> Entry {
        let (id, name) = (mutant.id.clone(), mutant.name.clone());
        Entry { verdict: Verdict::Benign, id, name, argument: "because it is so and not otherwise".into() }
    }

    #[test]
    fn a_list_is_read() {
        let text =
            "# remark\n\nbenign 12 a.rs f: x: `y z`\n    one reason that is long enough,\n    and another\n";
        let entries = parse(text).expect("it parses");
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].verdict, entries[0].id.as_str()), (Verdict::Benign, "12"));
        assert_eq!(entries[0].name, "a.rs f: x: `y z`");
        assert_eq!(entries[0].argument.trim(), "one reason that is long enough, and another");
    }

    #[test]
    fn a_verdict_needs_an_argument() {
        assert!(parse("benign 12 a\n").unwrap_err().contains("argument is missing"));
        assert!(parse("good 12 a\n    because of this and that\n").is_err());
        let twice = "benign 12 a\n    because of this and that\n".repeat(2);
        assert!(parse(&twice).unwrap_err().contains("twice"));
    }

    #[test]
    fn a_listed_mutant_has_to_exist_and_to_survive() {
        let mutants = mutants();
        let listed = [entry(&mutants[0])];
        let fate = |fate| {
            let name = mutants[0].name.clone();
            let judged =
                Judgement { name: name.clone(), fate, by: "m".into(), seconds: 0.0, sources: String::new() };
            HashMap::from([(name, judged)])
        };
        let complaints = |fates: &HashMap<_, _>| wrong(&listed, &mutants, |_| false, fates);
        assert!(complaints(&fate(Fate::Survived)).is_empty());
        assert!(complaints(&HashMap::new()).is_empty());
        assert!(complaints(&fate(Fate::Killed))[0].contains("m catches it"));
        assert!(wrong(&listed, &mutants[1..], |_| false, &HashMap::new())[0].contains("no such mutant"));
        assert!(wrong(&listed, &mutants, |_| true, &HashMap::new())[0].contains("does not compile"));
        let mut other = entry(&mutants[0]);
        other.id = "0".into();
        assert!(wrong(&[other], &mutants, |_| false, &HashMap::new())[0].contains("its id is"));
    }
}
