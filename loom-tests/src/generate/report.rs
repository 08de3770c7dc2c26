//! The results of a run: a table by protocol, the places that no model reaches, the survivors, and
//! all of it as JSON.

use super::judged::{Entry, Verdict};
use super::mutant::Mutant;
use super::protocols::{PROTOCOLS, protocol_of};
use super::state::{Fate, Judgement};
use crate::table::Table;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// All results of a run.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// The mutants of the run, with their numbers.
    pub(crate) mutants: &'a [(&'a Mutant, u32)],
    pub(crate) unviable: &'a BTreeMap<u32, String>,
    pub(crate) known: &'a HashMap<String, Judgement>,
    pub(crate) entries: &'a [Entry],
    /// The time that the run took.
    pub(crate) seconds: f64,
}

const COLUMNS: [&str; 10] = [
    "mutants",
    "unviable",
    "killed",
    "vacuous",
    "timeout",
    "equivalent",
    "benign",
    "unreached",
    "survived",
    "not run",
];

impl Report<'_> {
    /// The column in which a mutant is counted.
    fn column(&self, mutant: &Mutant, number: u32) -> &'static str {
        if self.unviable.contains_key(&number) {
            return "unviable";
        }
        let verdict = self.entries.iter().find(|entry| entry.name == mutant.name).map(|entry| entry.verdict);
        match (self.known.get(&mutant.name).map(|judgement| judgement.fate), verdict) {
            (None, _) => "not run",
            (Some(Fate::Killed), _) => "killed",
            (Some(Fate::Vacuous), _) => "vacuous",
            (Some(Fate::Timeout), _) => "timeout",
            (Some(_), Some(Verdict::Equivalent)) => "equivalent",
            (Some(_), Some(Verdict::Benign)) => "benign",
            (Some(Fate::Survived), None) => "survived",
            (Some(Fate::Unreached), None) => "unreached",
        }
    }

    fn in_column<'b>(&'b self, column: &'b str) -> impl Iterator<Item = &'b Mutant> {
        let here = self.mutants.iter().filter(move |(mutant, number)| self.column(mutant, *number) == column);
        here.map(|(mutant, _)| *mutant)
    }

    /// True if every mutant was judged, and each that compiles was caught or has a verdict.
    pub(crate) fn is_clean(&self) -> bool {
        ["survived", "unreached", "not run"].iter().all(|column| self.in_column(column).next().is_none())
    }

    /// The number of mutants that were not judged.
    pub(crate) fn not_run(&self) -> usize {
        self.in_column("not run").count()
    }

    /// The counts of each kind, by protocol. `mutants` counts those that compile.
    pub(crate) fn table(&self) -> Table {
        let mut head = vec!["protocol"];
        head.extend(COLUMNS);
        let mut table = Table::new(&head, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        for protocol in PROTOCOLS {
            let counts = self.counts(Some(protocol.name));
            if counts.iter().any(|count| *count > 0) {
                table.row(
                    std::iter::once(protocol.name.to_owned()).chain(counts.iter().map(usize::to_string)),
                );
            }
        }
        let counts = self.counts(None);
        let sum = format!("all, in {:.0} s", self.seconds);
        table.row(std::iter::once(sum).chain(counts.iter().map(usize::to_string)));
        table
    }

    fn counts(&self, protocol: Option<&str>) -> [usize; COLUMNS.len()] {
        let mut counts = [0; COLUMNS.len()];
        for (mutant, number) in self.mutants {
            if protocol.is_some_and(|name| name != protocol_of(mutant.file)) {
                continue;
            }
            let column = self.column(mutant, *number);
            counts[0] += usize::from(column != "unviable");
            for (count, name) in counts.iter_mut().zip(COLUMNS) {
                *count += usize::from(name == column);
            }
        }
        counts
    }

    /// The functions with places that no model reaches.
    pub(crate) fn unreached(&self) -> Table {
        let mut places: BTreeMap<(&str, &str), Vec<&Mutant>> = BTreeMap::new();
        for mutant in self.in_column("unreached") {
            places.entry((mutant.file, &mutant.draft.function)).or_default().push(mutant);
        }
        let mut table = Table::new(&["no model reaches", "mutants", "first at line"], &[1, 2]);
        for ((file, function), mutants) in &places {
            let line = mutants.iter().map(|mutant| mutant.draft.lines.start).min().unwrap_or(0);
            table.row([format!("{file} {function}"), mutants.len().to_string(), line.to_string()]);
        }
        table
    }

    /// The mutants that no model noticed and that have no verdict.
    pub(crate) fn survivors(&self) -> String {
        self.in_column("survived")
            .map(|mutant| format!("survived  {} {}\n", mutant.id, mutant.name))
            .collect()
    }

    /// All results.
    pub(crate) fn json(&self) -> Value {
        let protocols = PROTOCOLS.iter().map(|protocol| {
            let counts = self.counts(Some(protocol.name));
            let counts: BTreeMap<&str, usize> = COLUMNS.into_iter().zip(counts).collect();
            json!({ "protocol": protocol.name, "counts": counts })
        });
        let mutants = self.mutants.iter().map(|(mutant, number)| {
            let judgement = self.known.get(&mutant.name);
            json!({
                "id": mutant.id,
                "name": mutant.name,
                "protocol": protocol_of(mutant.file),
                "fate": self.column(mutant, *number),
                "by": judgement.map(|judgement| &judgement.by),
                "seconds": judgement.map(|judgement| judgement.seconds),
                "why": self.unviable.get(number),
            })
        });
        let (protocols, mutants): (Vec<_>, Vec<_>) = (protocols.collect(), mutants.collect());
        json!({ "seconds": self.seconds, "protocols": protocols, "mutants": mutants })
    }
}

#[cfg(test)]
mod tests {
    use super::{Judgement, Report};
    use crate::generate::judged::{Entry, Verdict};
    use crate::generate::mutant::{Draft, name_all};
    use crate::generate::state::Fate;
    use std::collections::{BTreeMap, HashMap};

    #[test]
    fn every_mutant_is_in_one_column() {
        let draft = |text: &str| Draft { text: text.into(), ..Draft::default() };
        let mutants = name_all("call_rcu.rs", ["a", "b", "c", "d", "e"].map(draft).to_vec());
        let numbered: Vec<_> = mutants.iter().zip(0..).collect();
        let judged = |index: usize, fate| {
            let name: String = mutants[index].name.clone();
            (name.clone(), Judgement { name, fate, by: String::new(), seconds: 0.0, sources: String::new() })
        };
        let known =
            HashMap::from([judged(1, Fate::Killed), judged(2, Fate::Survived), judged(3, Fate::Survived)]);
        let (id, name) = (mutants[3].id.clone(), mutants[3].name.clone());
        let entries = [Entry { verdict: Verdict::Benign, id, name, argument: String::new() }];
        let unviable = BTreeMap::from([(0, "no".to_owned())]);
        let (mutants, known, entries) = (&numbered[..], &known, &entries[..]);
        let report = Report { mutants, unviable: &unviable, known, entries, seconds: 0.0 };
        assert_eq!(report.counts(None), [4, 1, 1, 0, 0, 0, 1, 0, 1, 1]);
        assert_eq!(report.counts(Some("call_rcu")), report.counts(None));
        assert_eq!(report.counts(Some("rcu")), [0; 10]);
        assert!(!report.is_clean());
        assert_eq!(report.survivors().lines().count(), 1);
    }
}
