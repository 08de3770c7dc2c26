//! Compares a real kernel's recorded answers with kthread-rt's, line by line.

use crate::answers::{Answers, Line, Recorded};
use crate::defects::Defect;
use crate::kernel::Kernel;
use crate::questions::{self, Subject};
use crate::tables::{self, Entry, Kind};
use crate::ukmod::{Silence, Ukmod};
use crate::{Result, places};
use std::path::PathBuf;

/// Stands for a missing answer.
pub const NO_ANSWER: &str = "(no answer)";
/// Stands for all answers of a subject that does not build.
pub const NOT_BUILT: &str = "(not built)";

/// A pair of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its case.
    pub case: String,
    /// The kernel's answer, or the defined one.
    pub linux: String,
    /// What kthread-rt answers.
    pub ours: String,
    /// True for an `OURS` case: `linux` is the defined answer.
    pub defined: bool,
    /// The verdict about the pair.
    pub verdict: Verdict,
}

/// The verdict about a pair of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Equal.
    Same,
    /// The difference is in a table: the index of the subject's entry.
    Known(usize),
    /// The lines differ, and no table has the difference.
    Differs,
}

/// A subject, compared with one kernel.
#[derive(Debug)]
pub struct Compared {
    /// The kernel.
    pub kernel: Kernel,
    /// The index of the subject.
    pub subject: usize,
    /// The pairs of lines.
    pub rows: Vec<Row>,
    /// The subject's entries in the tables.
    pub entries: Vec<Entry>,
    /// The indices of this kernel's entries that no line needs.
    pub unused: Vec<usize>,
    /// Why some answers are missing.
    pub silence: Option<Silence>,
    /// True if no answers are recorded for this subject.
    pub not_recorded: bool,
}

impl Compared {
    /// How many of the kernel's lines are equal, and how many there are.
    pub fn same(&self) -> (usize, usize) {
        let of_kernel = || self.rows.iter().filter(|row| !row.defined && row.linux != NO_ANSWER);
        (of_kernel().filter(|row| row.verdict == Verdict::Same).count(), of_kernel().count())
    }

    /// How many lines differ as a table says.
    pub fn known(&self, kind: Kind) -> usize {
        self.rows.iter().filter(|row| self.is_known(row, kind)).count()
    }

    /// True if an entry of this table is used.
    pub fn is_known(&self, row: &Row, kind: Kind) -> bool {
        matches!(row.verdict, Verdict::Known(entry) if self.entries[entry].kind == kind)
    }

    /// True if all answers are as the recorded answers and the tables say.
    pub fn is_well(&self) -> bool {
        !self.not_recorded
            && self.unused.is_empty()
            && self.rows.iter().all(|row| row.verdict != Verdict::Differs)
    }
}

/// What to compare.
#[derive(Debug, Default)]
pub struct Options {
    /// Only this kernel.
    pub kernel: Option<Kernel>,
    /// A subject, or a subject and a case: `time` or `time.msecs`.
    pub only: Option<String>,
    /// A deliberate defect; only its subject is asked.
    pub defect: Option<&'static Defect>,
}

/// The built modules, which can be asked any number of times.
#[derive(Debug)]
pub struct Comparison {
    /// The subjects.
    pub subjects: Vec<Subject>,
    ukmod: Ukmod,
    only_case: Option<String>,
    modules: Vec<(Kernel, Vec<Result<PathBuf>>)>,
}

impl Comparison {
    /// Builds the modules to compare.
    pub fn new(options: &Options) -> Result<Self> {
        let of_defect = options.defect.map(|defect| defect.subject);
        let subjects = questions::subjects(options.only.as_deref().or(of_defect))?;
        let (_, only_case) = split_name(options.only.as_deref().unwrap_or_default());
        if let Some(case) = only_case
            && !subjects[0].cases.iter().any(|one| one.name == case)
        {
            return Err(format!("{} has no case {case}", subjects[0].place("")));
        }
        let ukmod = Ukmod::build()?;
        let kernels =
            Kernel::ALL.into_iter().filter(|kernel| options.kernel.is_none_or(|only| only == *kernel));
        let folder = places::work(options.defect.map_or("ours", |defect| defect.name))?;
        let mut modules = Vec::new();
        for kernel in kernels {
            let folder = folder.join(kernel.version());
            modules.push((kernel, ukmod.modules(kernel, &subjects, &folder, options.defect)?));
        }
        Ok(Self { subjects, ukmod, only_case: only_case.map(str::to_owned), modules })
    }

    /// Asks kthread-rt once and compares. Calls back for each subject as soon as it is compared.
    pub fn run(&self, mut each: impl FnMut(&Subject, &Compared)) -> Result<Vec<Compared>> {
        let mut all = Vec::new();
        for (kernel, modules) in &self.modules {
            for (n, (subject, module)) in self.subjects.iter().zip(modules).enumerate() {
                let compared = self.subject(*kernel, n, subject, module)?;
                each(subject, &compared);
                all.push(compared);
            }
        }
        Ok(all)
    }

    fn subject(
        &self,
        kernel: Kernel,
        n: usize,
        subject: &Subject,
        module: &Result<PathBuf>,
    ) -> Result<Compared> {
        let only = self.only_case.as_deref();
        let recorded = Recorded::read(kernel, &subject.name)?;
        let not_recorded = recorded.is_none();
        let linux = recorded.map(|recorded| recorded.lines).unwrap_or_default();
        let (ours, silence) = match module {
            Ok(module) => self.ukmod.ask(module, &subject.name, only)?,
            Err(why) => (Answers::default(), Some(Silence::NotBuilt(why.clone()))),
        };
        let absent = if matches!(silence, Some(Silence::NotBuilt(_))) { NOT_BUILT } else { NO_ANSWER };
        let mut rows = rows(subject, &linux, &ours, absent);
        rows.retain(|row| only.is_none_or(|case| case == row.case));
        let entries = tables::of_subject(&subject.name)?;
        let unused = judge(&mut rows, &entries, kernel, only);
        Ok(Compared { kernel, subject: n, rows, entries, unused, silence, not_recorded })
    }
}

/// Judges each row, and returns this kernel's entries that no row needs. If `only` one case was
/// asked, ignores other cases' entries.
pub(crate) fn judge(rows: &mut [Row], entries: &[Entry], kernel: Kernel, only: Option<&str>) -> Vec<usize> {
    let mut used = vec![false; entries.len()];
    for row in rows.iter_mut().filter(|row| row.linux != row.ours) {
        let allows = |entry: &Entry| entry.allows(kernel, &row.case, &row.linux, &row.ours);
        row.verdict = match entries.iter().position(allows) {
            // An `OURS` case has no kernel's answer, so no table can allow a difference.
            Some(entry) if !row.defined => {
                used[entry] = true;
                Verdict::Known(entry)
            }
            _ => Verdict::Differs,
        };
    }
    let is_looked_at =
        |entry: &Entry| entry.kernels.contains(&kernel) && only.is_none_or(|case| entry.case == case);
    (0..entries.len()).filter(|&entry| !used[entry] && is_looked_at(&entries[entry])).collect()
}

/// Splits `subject.case`, or `subject`, into the names.
pub fn split_name(name: &str) -> (&str, Option<&str>) {
    name.split_once('.').map_or((name, None), |(subject, case)| (subject, Some(case)))
}

/// Pairs the lines of all cases.
pub(crate) fn rows(subject: &Subject, linux: &[Line], ours: &Answers, absent: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut of_case = |case: &str, expected: &[Line], defined: bool| {
        let theirs: Vec<_> = Answers::of_case(expected, case).collect();
        let ours: Vec<_> = Answers::of_case(&ours.lines, case).collect();
        for (linux, ours) in side_by_side(&theirs, &ours) {
            let text = |line: Option<&str>, absent: &str| line.unwrap_or(absent).to_owned();
            rows.push(Row {
                case: case.to_owned(),
                linux: text(linux, NO_ANSWER),
                ours: text(ours, absent),
                defined,
                verdict: Verdict::Same,
            });
        }
    };
    for case in &subject.cases {
        if case.ours {
            of_case(&case.name, &ours.defined, true);
        } else {
            of_case(&case.name, linux, false);
        }
    }
    // Recorded answers of a case that does not exist any more.
    for line in linux {
        if !subject.cases.iter().any(|case| case.name == line.case) {
            rows.push(Row {
                case: line.case.clone(),
                linux: line.text.clone(),
                ours: absent.to_owned(),
                defined: false,
                verdict: Verdict::Same,
            });
        }
    }
    rows
}

/// Pairs two lists of lines: by position if they have the same length, otherwise so that the most
/// pairs are equal.
fn side_by_side<'a>(a: &[&'a str], b: &[&'a str]) -> Vec<(Option<&'a str>, Option<&'a str>)> {
    if a.len() == b.len() {
        return a.iter().zip(b).map(|(a, b)| (Some(*a), Some(*b))).collect();
    }
    // best[i][j]: the most equal pairs of a[i..] and b[j..].
    let mut best = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            best[i][j] =
                if a[i] == b[j] { best[i + 1][j + 1] + 1 } else { best[i + 1][j].max(best[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < a.len() && j < b.len() {
        if a[i] == b[j] || best[i + 1][j + 1] == best[i][j] {
            pairs.push((Some(a[i]), Some(b[j])));
            (i, j) = (i + 1, j + 1);
        } else if best[i + 1][j] == best[i][j] {
            pairs.push((Some(a[i]), None));
            i += 1;
        } else {
            pairs.push((None, Some(b[j])));
            j += 1;
        }
    }
    pairs.extend(a[i..].iter().map(|a| (Some(*a), None)));
    pairs.extend(b[j..].iter().map(|b| (None, Some(*b))));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_missing_shifts_no_other() {
        let pairs = side_by_side(&["a", "b", "c"], &["a", "c"]);
        assert_eq!(pairs, [(Some("a"), Some("a")), (Some("b"), None), (Some("c"), Some("c"))]);
        let pairs = side_by_side(&["a", "c"], &["a", "b", "c"]);
        assert_eq!(pairs, [(Some("a"), Some("a")), (None, Some("b")), (Some("c"), Some("c"))]);
        assert_eq!(side_by_side(&["a"], &["b"]), [(Some("a"), Some("b"))]);
        assert_eq!(side_by_side(&["a"], &[]), [(Some("a"), None)]);
    }

    fn line(case: &str, text: &str) -> Line {
        Line { case: case.into(), text: text.into() }
    }

    fn subject() -> Subject {
        let case = |name: &str, ours| questions::Case {
            name: name.into(),
            line: 1,
            symbols: Vec::new(),
            ours,
            warns: false,
        };
        let cases = vec![case("a", false), case("b", false), case("alone", true)];
        Subject { name: "s".into(), path: "s.c".into(), cases }
    }

    fn entry(case: &str, linux: &str, ours: &str) -> Entry {
        Entry {
            kind: Kind::ToMend,
            case: case.into(),
            kernels: vec![Kernel::V6_12],
            linux: linux.into(),
            ours: ours.into(),
            why: "10".into(),
            place: String::new(),
        }
    }

    /// Each row with its verdict, and the entries that no row needs.
    fn judged(ours: &[Line], entries: &[Entry], kernel: Kernel) -> (Vec<(String, Verdict)>, Vec<usize>) {
        let linux = [line("a", "x=1"), line("a", "x=2"), line("b", "y=1")];
        let ours =
            Answers { lines: ours.to_vec(), defined: vec![line("alone", "z=1")], ..Answers::default() };
        let mut rows = rows(&subject(), &linux, &ours, NO_ANSWER);
        let unused = judge(&mut rows, entries, kernel, None);
        (
            rows.iter()
                .map(|row| (format!("{} {} {}", row.case, row.linux, row.ours), row.verdict))
                .collect(),
            unused,
        )
    }

    #[test]
    fn equal_answers_are_the_same() {
        let ours = [line("a", "x=1"), line("a", "x=2"), line("b", "y=1"), line("alone", "z=1")];
        let (rows, unused) = judged(&ours, &[], Kernel::V6_1);
        assert_eq!(rows.len(), 4);
        assert!(rows.iter().all(|(_, verdict)| *verdict == Verdict::Same), "{rows:?}");
        assert_eq!(unused, [0; 0]);
    }

    #[test]
    fn a_difference_is_known_by_its_kernel_case_and_both_answers() {
        let ours = [line("a", "x=1"), line("a", "x=3"), line("b", "y=1"), line("alone", "z=2")];
        let entries = [entry("a", "x=2", "x=*"), entry("b", "y=1", "y=2"), entry("alone", "z=1", "z=2")];
        let (rows, unused) = judged(&ours, &entries, Kernel::V6_12);
        let expected = [
            ("a x=1 x=1", Verdict::Same),
            ("a x=2 x=3", Verdict::Known(0)),
            ("b y=1 y=1", Verdict::Same),
            // No table can allow this difference.
            ("alone z=1 z=2", Verdict::Differs),
        ];
        assert_eq!(rows, expected.map(|(text, verdict)| (text.to_owned(), verdict)));
        // An entry for answers that are equal now has to be removed.
        assert_eq!(unused, [1, 2]);
        // The entries are for another kernel.
        let (rows, unused) = judged(&ours, &entries, Kernel::V6_1);
        assert_eq!(rows[1], ("a x=2 x=3".to_owned(), Verdict::Differs));
        assert_eq!(unused, [0; 0]);
    }

    #[test]
    fn answers_that_are_missing_or_too_many_differ() {
        let (rows, _) = judged(&[line("a", "x=2"), line("b", "y=1"), line("b", "y=9")], &[], Kernel::V6_1);
        let expected = [
            ("a x=1 (no answer)", Verdict::Differs),
            ("a x=2 x=2", Verdict::Same),
            ("b y=1 y=1", Verdict::Same),
            ("b (no answer) y=9", Verdict::Differs),
            ("alone z=1 (no answer)", Verdict::Differs),
        ];
        assert_eq!(rows, expected.map(|(text, verdict)| (text.to_owned(), verdict)));
    }
}
