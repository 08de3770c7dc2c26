//! A mutant: one small bug, its place, its name, and the text that puts it there.
//!
//! Its name consists of its file, its function, the text and the change. So it stays the same when
//! lines above it come and go.

use std::ops::Range;

/// Stands for the mutant's number in the text of its edits.
pub(crate) const NUMBER: char = '§';

/// A piece of a replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text that both arms share: the switch.
    Text(String),
    /// Text that is compiled for the mutant.
    Mutated(String),
    /// This part of the original file, which may contain other mutants.
    Original(Range<usize>),
}

/// The replacement of a part of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrap {
    pub(crate) range: Range<usize>,
    pub(crate) pieces: Vec<Piece>,
}

impl Wrap {
    /// The original between two texts.
    pub(crate) fn around(range: Range<usize>, before: &str, after: &str) -> Self {
        let original = Piece::Original(range.clone());
        Self { range, pieces: vec![Piece::Text(before.into()), original, Piece::Text(after.into())] }
    }

    /// An expression, or `mutated` in its place.
    pub(crate) fn instead(range: Range<usize>, mutated: impl Into<String>) -> Self {
        let original = Piece::Original(range.clone());
        let pieces = vec![
            Piece::Text("(if crate::mutation::off(§) { ".into()),
            original,
            Piece::Text(" } else { ".into()),
            Piece::Mutated(mutated.into()),
            Piece::Text(" })".into()),
        ];
        Self { range, pieces }
    }

    /// A statement that does not run if the mutant is on.
    pub(crate) fn without(range: Range<usize>) -> Self {
        Self::around(range, "if crate::mutation::off(§) { ", " }")
    }
}

/// A mutant that an operator has found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) function: String,
    /// The change, in words.
    pub(crate) change: String,
    /// The text that is changed, as in the file but with single spaces.
    pub(crate) text: String,
    /// The lines that it touches, from 1.
    pub(crate) lines: Range<usize>,
    pub(crate) wraps: Vec<Wrap>,
    /// The dropped or moved text leaves the function or moves a value away: the compiler may report
    /// an error elsewhere.
    pub(crate) leaves: bool,
    /// Text to insert at these places.
    pub(crate) inserts: Vec<(usize, String)>,
}

/// A mutant with its name.
#[derive(Debug, Clone)]
pub(crate) struct Mutant {
    /// Its file, from `kthread-rt/src`.
    pub(crate) file: &'static str,
    /// File, function, change and text; a number if there are several alike.
    pub(crate) name: String,
    /// Eight hex digits, a hash of the name.
    pub(crate) id: String,
    pub(crate) draft: Draft,
}

/// Gives the drafts of a file their names.
pub(crate) fn name_all(file: &'static str, drafts: Vec<Draft>) -> Vec<Mutant> {
    let mut seen = std::collections::HashMap::new();
    let named = drafts.into_iter().map(|draft| {
        let plain = format!("{file} {}: {}: `{}`", draft.function, draft.change, shortened(&draft.text));
        let count = seen.entry(plain.clone()).and_modify(|n| *n += 1).or_insert(1);
        let name = if *count == 1 { plain } else { format!("{plain} #{count}") };
        Mutant { file, id: format!("{:08x}", hash32(&name)), name, draft }
    });
    named.collect()
}

/// One line, not too long, and different for different texts.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 100;
    let text = one_line(text);
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((at, _)) => format!("{}… {:08x}", &text[..at], hash32(&text)),
    }
}

/// `text` without comments, with single spaces for all white space.
pub(crate) fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| match line.trim_start().starts_with("//") {
        true => "",
        false => line,
    });
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// FNV-1a, the same on every machine.
pub(crate) fn hash32(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// As [`hash32`], for files.
pub(crate) fn hash64(bytes: &[u8], begin: u64) -> u64 {
    bytes.iter().fold(begin ^ 0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::{Draft, name_all};

    #[test]
    fn the_same_change_twice_in_a_function_has_two_names() {
        let draft = || Draft {
            function: "A::f".into(),
            change: "dropped".into(),
            text: "x();\n    // why\n  y();".into(),
            ..Draft::default()
        };
        let mutants = name_all("a.rs", vec![draft(), draft()]);
        assert_eq!(mutants[0].name, "a.rs A::f: dropped: `x(); y();`");
        assert_eq!(mutants[1].name, "a.rs A::f: dropped: `x(); y();` #2");
        assert_ne!(mutants[0].id, mutants[1].id);
    }

    #[test]
    fn long_texts_that_begin_alike_have_names_of_their_own() {
        let draft = |end: &str| Draft { text: "x".repeat(200) + end, ..Draft::default() };
        let mutants = name_all("a.rs", vec![draft("a"), draft("b")]);
        assert_ne!(mutants[0].name, mutants[1].name);
        assert!(mutants[0].name.chars().count() < 140);
    }
}
