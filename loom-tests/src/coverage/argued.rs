//! The arguments of people: `mutants/unreached.txt` lists the regions that no model reaches.
//!
//! ```text
//! rcu/mod.rs Grace::wait: return;
//!     Why no model needs to reach it, and what checks it instead.
//! ```
//!
//! Several regions may stand above one argument. A line that begins with `#` is a remark.

use std::collections::HashSet;
use std::path::Path;

/// A region of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    argument: String,
}

/// Reads the list.
pub(super) fn read(path: &Path) -> Result<Vec<Entry>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    parse(&text).map_err(|e| format!("{}: {e}", path.display()))
}

fn parse(text: &str) -> Result<Vec<Entry>, String> {
    let mut entries: Vec<Entry> = Vec::new();
    // The entries from here on have the argument that comes next.
    let mut first = 0;
    let mut is_argument = false;
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if line.starts_with(' ') {
            is_argument = true;
            for entry in &mut entries[first..] {
                entry.argument.push_str(line.trim());
                entry.argument.push(' ');
            }
            continue;
        }
        if std::mem::take(&mut is_argument) {
            first = entries.len();
        }
        entries.push(Entry { name: line.trim().to_owned(), argument: String::new() });
    }
    if let Some(entry) = entries.iter().find(|entry| entry.argument.len() < 20) {
        return Err(format!("{}: an argument is missing", entry.name));
    }
    let mut seen = HashSet::new();
    match entries.iter().find(|entry| !seen.insert(&entry.name)) {
        Some(twice) => Err(format!("{}: it is listed twice", twice.name)),
        None => Ok(entries),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn regions_share_the_argument_below_them() {
        let list = parse("# remark\na.rs f: x\na.rs f: y\n    A reason that is\n    long enough.\n");
        let list = list.expect("it is right");
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].argument, list[1].argument);
        assert_eq!(list[0].argument, "A reason that is long enough. ");
    }

    #[test]
    fn a_region_needs_an_argument() {
        let text = "a.rs f: x\n    A reason that is long enough.\na.rs f: y\n";
        assert_eq!(parse(text), Err("a.rs f: y: an argument is missing".to_owned()));
    }

    #[test]
    fn a_region_is_listed_once() {
        let text = "a.rs f: x\na.rs f: x\n    A reason that is long enough.\n";
        assert_eq!(parse(text), Err("a.rs f: x: it is listed twice".to_owned()));
    }
}
