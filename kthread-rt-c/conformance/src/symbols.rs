//! The interface: the symbols to ask about, and the cases that cover them.

use crate::questions::Subject;
use crate::{Result, places};
use std::collections::{BTreeMap, BTreeSet};

/// The symbols in `symbols.txt`.
#[derive(Debug, Default)]
pub struct Interface {
    /// The symbols by header.
    pub headers: Vec<(String, Vec<String>)>,
    /// The symbols about which no answer is possible, by reason.
    pub unobservable: Vec<(String, Vec<String>)>,
}

impl Interface {
    /// Reads the file.
    pub fn read() -> Result<Self> {
        let path = places::package().join("symbols.txt");
        Self::parse(&places::read(&path)?).map_err(|e| format!("{}:{e}", places::shown(&path)))
    }

    fn parse(text: &str) -> Result<Self> {
        let mut interface = Self::default();
        let mut seen = BTreeSet::new();
        let mut section = None;
        for (n, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                let (list, name) = match name.strip_prefix("unobservable: ") {
                    Some(why) => (&mut interface.unobservable, why),
                    None => (&mut interface.headers, name),
                };
                list.push((name.to_owned(), Vec::new()));
                section = list.last_mut().map(|(_, symbols)| symbols);
                continue;
            }
            let symbols = section.as_mut().ok_or_else(|| format!("{}: no [header] before it", n + 1))?;
            for symbol in line.split_whitespace() {
                if !seen.insert(symbol) {
                    return Err(format!("{}: {symbol} is listed twice", n + 1));
                }
                symbols.push(symbol.to_owned());
            }
        }
        Ok(interface)
    }

    /// All symbols about which an answer is possible.
    pub fn observable(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().flat_map(|(_, symbols)| symbols).map(String::as_str)
    }

    /// True if the symbol is in the list at all.
    pub fn has(&self, symbol: &str) -> bool {
        let unobservable = self.unobservable.iter().flat_map(|(_, symbols)| symbols).map(String::as_str);
        self.observable().chain(unobservable).any(|one| one == symbol)
    }
}

/// The cases that cover a symbol: indices of the subject and of its case.
pub fn coverage(subjects: &[Subject]) -> BTreeMap<&str, Vec<(usize, usize)>> {
    let mut coverage: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (s, subject) in subjects.iter().enumerate() {
        for (c, case) in subject.cases.iter().enumerate() {
            for symbol in &case.symbols {
                let cases = coverage.entry(symbol).or_default();
                if !cases.contains(&(s, c)) {
                    cases.push((s, c));
                }
            }
        }
    }
    coverage
}

/// Reports symbols that a case claims to cover but that its file does not contain: misspelt, or the
/// case has changed.
pub fn not_in_their_files(subjects: &[Subject]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for subject in subjects {
        let text = places::read(&subject.path)?;
        // Without strings, which contain the names, too.
        let code: Vec<_> = text.split('"').step_by(2).collect();
        let code = code.join(" ");
        let words: BTreeSet<_> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        for case in &subject.cases {
            for symbol in &case.symbols {
                let name = symbol.rsplit('.').next().unwrap_or(symbol);
                if !words.contains(name) {
                    let place = subject.place(&case.name);
                    faults.push(format!(
                        "{place}: case {} covers {symbol}, but no code of the file names {name}",
                        case.name
                    ));
                }
            }
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_headers_and_reasons() {
        let text = "# x\n[linux/a.h]\na b\nc\n\n[unobservable: for a reason]\nd\n";
        let interface = Interface::parse(text).unwrap();
        assert_eq!(interface.observable().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(interface.unobservable, [("for a reason".into(), vec!["d".into()])]);
        assert!(interface.has("d") && !interface.has("e"));
        assert_eq!(Interface::parse("a\n").unwrap_err(), "1: no [header] before it");
        assert_eq!(Interface::parse("[h]\na\na\n").unwrap_err(), "3: a is listed twice");
    }
}
