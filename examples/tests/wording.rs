//! The tree's words: comment lines are at most 100 columns long, and none has a word that the
//! glossary of CONTRIBUTING.md replaces.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

const COLUMNS: usize = 100;

/// Words that comments and pages don't use, each with the words to use instead.
const REPLACED: &[(&str, &str)] = &[
    ("berth", "start gate"),
    ("intake", "open requests"),
    ("owed", "pending, or what is done after the unlock"),
    ("untold", "pending"),
    ("is told of", "is warned about, or is reported"),
    ("are told of", "are warned about, or are reported"),
    ("are told", "are reported"),
    ("was told", "was reported"),
    ("told of", "warned about, or reported"),
    ("what is told", "the report"),
    ("whoever", "the task, the caller"),
    ("who waits", "the waiter"),
    ("who wakes", "the waker"),
    ("who sleeps", "the sleeper"),
    ("who has the lock", "the lock's owner"),
    ("who holds", "the holder"),
    ("who runs", "the task that runs it"),
    ("who takes", "the task that takes it"),
    ("who calls", "the caller"),
    ("who frees", "the caller that frees it"),
    ("who comes", "the next task"),
    ("by who", "name the task"),
    ("for who", "name the task"),
    ("from who", "name the task"),
    ("of who", "name the task"),
    ("lets go", "releases"),
    ("let go by", "released by"),
    ("letting go", "releasing"),
    ("goes on", "continues"),
    ("the works", "the work items"),
    ("looks at", "checks, reads, tests"),
    ("turned inside out", "step by step"),
    ("is over with it", "has ended"),
    ("it is with", "name the thing"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Finds the files below `folder` whose names have one of these ends. Skips what cargo builds and
/// what programs print.
fn files(folder: &Path, ends: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if path.is_dir() {
            if !name.starts_with('.') && !matches!(name, "target" | "ui" | "answers") {
                files(&path, ends, found);
            }
        } else if ends.iter().any(|end| name.ends_with(end)) && name != "wording.rs" {
            found.push(path);
        }
    }
}

/// Returns the text of a line that is a comment and nothing else.
fn comment(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.starts_with("//").then(|| line.trim_start_matches(['/', '!']).trim())
}

fn said(path: &Path, number: usize, what: &str) -> String {
    format!("{}:{}: {what}", path.strip_prefix(root()).unwrap().display(), number + 1)
}

#[test]
fn no_comment_line_is_longer_than_a_hundred_columns() {
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    files(&root(), &[".rs"], &mut found);
    assert!(found.len() > 400, "the tree is here");
    for path in found {
        let text = fs::read_to_string(&path).unwrap();
        let mut in_code = false;
        for (number, line) in text.lines().enumerate() {
            let Some(comment) = comment(line) else {
                in_code = false;
                continue;
            };
            in_code ^= comment.starts_with("```");
            // Code and tables have no place to break; nor have addresses.
            let is_whole = in_code || comment.starts_with('|') || comment.contains("://");
            if !is_whole && line.chars().count() > COLUMNS {
                wrong.push(said(&path, number, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} comment lines are too long:\n{}", wrong.len(), wrong.join("\n"));
}

/// True if `text` has `word` as a word of its own.
fn has_word(text: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(is_letter) && !text[at + word.len()..].starts_with(is_letter))
}

#[test]
fn the_words_are_those_of_the_glossary() {
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    files(&root(), &[".rs", ".md"], &mut found);
    for path in found.iter().filter(|path| !path.ends_with("CHANGELOG.md")) {
        let text = fs::read_to_string(path).unwrap();
        let is_page = path.extension() == Some(OsStr::new("md"));
        for (number, line) in text.lines().enumerate() {
            let words = if is_page { Some(line) } else { comment(line) };
            let words = words.unwrap_or_default().to_lowercase();
            for (word, instead) in REPLACED {
                if has_word(&words, word) {
                    wrong.push(said(path, number, &format!("\"{word}\": {instead}")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} words of the list:\n{}", wrong.len(), wrong.join("\n"));
}
