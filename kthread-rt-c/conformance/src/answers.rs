//! Answers: parses them from the modules' output, and reads and writes the answer files.

use crate::kernel::Kernel;
use crate::{Result, places};
use std::collections::BTreeSet;
use std::path::Path;

/// The answers of one subject.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The answers, in order.
    pub lines: Vec<Line>,
    /// The required answers of `OURS` cases, which only kthread-rt is asked. Empty for a real
    /// kernel.
    pub defined: Vec<Line>,
    /// True if all cases ended.
    pub complete: bool,
    /// The case that began last.
    pub last_case: Option<String>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The case's name without the subject.
    pub case: String,
    /// The text: `key=value` and so on.
    pub text: String,
}

impl Answers {
    /// Parses a subject's answers from a log; ignores all other lines.
    pub fn of_log(log: &str, subject: &str) -> Self {
        let mut answers = Self::default();
        for line in log.lines() {
            let Some((word, rest)) = line.split_once(' ') else { continue };
            let (name, text) = rest.split_once(' ').unwrap_or((rest, ""));
            let (of, case) = name.split_once('.').unwrap_or((name, ""));
            if of != subject {
                continue;
            }
            let line = || Line { case: case.to_owned(), text: text.trim_end().to_owned() };
            match word {
                "ASK" => answers.lines.push(line()),
                "ASK-DEFINED" => answers.defined.push(line()),
                "ASK-CASE" => answers.last_case = Some(case.to_owned()),
                "ASK-END" => answers.complete = true,
                _ => {}
            }
        }
        answers
    }

    /// The cases, in their order.
    pub fn cases(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        self.lines.iter().map(|line| &*line.case).filter(|case| seen.insert(*case)).collect()
    }

    /// The answers of one case.
    pub fn of_case<'a>(lines: &'a [Line], case: &'a str) -> impl Iterator<Item = &'a str> {
        lines.iter().filter(move |line| line.case == case).map(|line| &*line.text)
    }
}

/// An answer file: the kernel and its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The kernel's own description of its version.
    pub version: String,
    /// The answers.
    pub lines: Vec<Line>,
}

const BEGIN: &str = "# Linux ";

impl Recorded {
    /// The file's text.
    pub fn to_text(&self) -> String {
        let mut text = format!("{BEGIN}{}\n", self.version);
        for line in &self.lines {
            text += format!("{} {}", line.case, line.text).trim_end();
            text.push('\n');
        }
        text
    }

    /// Parses a file's text.
    pub fn of_text(text: &str) -> Result<Self> {
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let version = first.strip_prefix(BEGIN).ok_or_else(|| format!("its first line is not `{BEGIN}…`"))?;
        let line = |line: &str| {
            let (case, text) = line.split_once(' ').unwrap_or((line, ""));
            Line { case: case.to_owned(), text: text.to_owned() }
        };
        Ok(Self { version: version.to_owned(), lines: rest.lines().map(line).collect() })
    }

    /// The recorded answers of a subject; none, if it was never asked.
    pub fn read(kernel: Kernel, subject: &str) -> Result<Option<Self>> {
        let path = places::answers(kernel, subject);
        if !path.exists() {
            return Ok(None);
        }
        Self::read_file(&path).map(Some)
    }

    fn read_file(path: &Path) -> Result<Self> {
        Self::of_text(&places::read(path)?).map_err(|e| format!("{}: {e}", places::shown(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_the_answers_among_other_lines() {
        let log = "\
random: crng init done
ASK-CASE time.a
ASK time.a x=1
ASK other.a x=2
ASK-CASE time.b
ASK-DEFINED time.b y=1
ASK time.b y=2 z=[a b]
ASK-END other
";
        let answers = Answers::of_log(log, "time");
        let line = |case: &str, text: &str| Line { case: case.into(), text: text.into() };
        assert_eq!(answers.lines, [line("a", "x=1"), line("b", "y=2 z=[a b]")]);
        assert_eq!(answers.defined, [line("b", "y=1")]);
        assert!(!answers.complete);
        assert_eq!(answers.last_case.as_deref(), Some("b"));
        assert!(Answers::of_log("ASK-END time\n", "time").complete);
    }

    #[test]
    fn a_file_comes_back_as_it_was_written() {
        let line = |case: &str, text: &str| Line { case: case.into(), text: text.into() };
        let recorded =
            Recorded { version: "6.1.0 #1".into(), lines: vec![line("a", "x=1 y=[  ]"), line("b", "")] };
        let text = recorded.to_text();
        assert_eq!(text, "# Linux 6.1.0 #1\na x=1 y=[  ]\nb\n");
        assert_eq!(Recorded::of_text(&text), Ok(recorded));
        assert!(Recorded::of_text("a x=1\n").is_err());
    }
}
