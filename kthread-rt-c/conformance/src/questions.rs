//! The questions: the cases of each subject, their places, and the symbols that they cover. Parsed
//! from the C files, so that they are known even if a file can't be built.

use crate::places;
use crate::{Result, compare};
use std::path::{Path, PathBuf};

/// A C file.
#[derive(Debug)]
pub struct Subject {
    /// The file's name without `.c`, which is the module's.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The cases, in the file's order.
    pub cases: Vec<Case>,
}

/// One question.
#[derive(Debug, PartialEq, Eq)]
pub struct Case {
    /// The case's name without the subject.
    pub name: String,
    /// The line of its begin.
    pub line: usize,
    /// The symbols that it covers.
    pub symbols: Vec<String>,
    /// True if only kthread-rt is asked.
    pub ours: bool,
    /// True if a kernel warns of it, as part of the question.
    pub warns: bool,
}

impl Subject {
    /// The place of a case, for messages.
    pub fn place(&self, case: &str) -> String {
        let file = places::shown(&self.path);
        match self.cases.iter().find(|one| one.name == case) {
            Some(case) => format!("{file}:{}", case.line),
            None => file,
        }
    }
}

/// All subjects, or the named ones, separated by commas.
pub fn subjects(only: Option<&str>) -> Result<Vec<Subject>> {
    let only = only.unwrap_or_default();
    let named: Vec<_> = only.split(',').map(|name| compare::split_name(name).0).collect();
    let mut subjects = Vec::new();
    for path in places::files(&places::questions(), "c") {
        let name = places::stem(&path);
        if only.is_empty() || named.contains(&name.as_str()) {
            let cases = cases(&places::read(&path)?, &path)?;
            subjects.push(Subject { name, path, cases });
        }
    }
    let unknown = named.iter().find(|name| !name.is_empty() && subjects.iter().all(|s| s.name != **name));
    if let Some(unknown) = unknown {
        return Err(format!("there is no subject {unknown}: the subjects are the files of {}", folder()));
    }
    Ok(subjects)
}

fn folder() -> String {
    places::shown(&places::questions())
}

/// Parses the cases of a file. A case that is missing in the list at the end would never be asked,
/// so it is an error.
fn cases(text: &str, path: &Path) -> Result<Vec<Case>> {
    let mut cases: Vec<Case> = Vec::new();
    let wrong = |line: usize, what: &str| format!("{}:{line}: {what}", places::shown(path));
    let mut rest = text;
    let mut line = 1;
    while let Some((first, after)) = rest.split_once('\n') {
        let begins = ["CASE(", "OURS(", "WARNS("].into_iter().find(|word| first.starts_with(word));
        if let Some(word) = begins {
            let (name, arguments) = rest[word.len()..]
                .split_once(',')
                .ok_or_else(|| wrong(line, "a case has a name and the symbols that it covers"))?;
            let (arguments, _) = arguments
                .split_once("\n{")
                .ok_or_else(|| wrong(line, "the body of a case begins with a { on a line of its own"))?;
            // For `OURS`, the last argument has its answers.
            let symbols = strings_until_comma(arguments);
            if symbols.is_empty() {
                return Err(wrong(line, "the case names no symbol that it covers"));
            }
            let name = name.trim().to_owned();
            // A case's form for another version covers the same symbols.
            match cases.iter_mut().find(|case| case.name == name) {
                Some(case) => {
                    case.symbols.extend(symbols);
                    case.warns |= word == "WARNS(";
                }
                None => {
                    let (ours, warns) = (word == "OURS(", word == "WARNS(");
                    cases.push(Case { name, line, symbols, ours, warns });
                }
            }
        }
        rest = after;
        line += 1;
    }
    let list = text.split_once("\nASK_MODULE(").map(|(_, list)| list);
    let list = list.ok_or_else(|| wrong(line, "there is no ASK_MODULE(…) at the end"))?;
    let asked: Vec<_> = list.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    for case in &cases {
        if !asked.contains(&format!("case_{}", case.name).as_str()) {
            return Err(wrong(case.line, &format!("&case_{} is not in ASK_MODULE(…)", case.name)));
        }
    }
    Ok(cases)
}

/// The words in the C strings up to the first comma outside of a string.
fn strings_until_comma(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in text.split('"').enumerate() {
        if at % 2 == 1 {
            words.extend(part.split_whitespace().map(str::to_owned));
        } else if part.contains(',') {
            break;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
#include \"ask.h\"

CASE(a, \"one\"
\t\" two\")
{
}

OURS(b, \"three\", \"x=1\\ny=2\")
{
}

WARNS(c, \"four\")
{
}

ASK_MODULE(&case_a, &case_b, &case_c);
";

    #[test]
    fn cases_have_their_lines_and_symbols() {
        let cases = cases(FILE, Path::new("f.c")).unwrap();
        let case = |name: &str, line, symbols: &[&str], (ours, warns)| Case {
            name: name.into(),
            line,
            symbols: symbols.iter().map(|s| s.to_string()).collect(),
            ours,
            warns,
        };
        let plain = case("a", 3, &["one", "two"], (false, false));
        assert_eq!(
            cases,
            [plain, case("b", 8, &["three"], (true, false)), case("c", 12, &["four"], (false, true))]
        );
    }

    #[test]
    fn a_case_that_nobody_asks_is_an_error() {
        let file = FILE.replace(", &case_b,", ",");
        assert_eq!(cases(&file, Path::new("f.c")).unwrap_err(), "f.c:8: &case_b is not in ASK_MODULE(…)");
        let file = FILE.replace("\"one\"\n\t\" two\"", "\"\"");
        let error = cases(&file, Path::new("f.c")).unwrap_err();
        assert_eq!(error, "f.c:3: the case names no symbol that it covers");
    }
}
