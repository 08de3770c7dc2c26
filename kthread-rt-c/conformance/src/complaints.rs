//! Finds a kernel's complaints in its log: an oops, a bug, a warning that no question is about.
//! Answers of such a kernel are unreliable, so they are not recorded.

use crate::machine::MachineOutput;
use crate::places;
use crate::questions::Subject;
use std::path::Path;

/// Words after which a kernel's state is undefined.
const BREAKS: &[&str] = &[
    "BUG: ",
    "kernel BUG at",
    "Oops: ",
    "general protection fault",
    "Kernel panic",
    "INFO: ",
    "Unable to handle",
];
/// Words of a warning, which a case may be about.
const WARNS: &[&str] = &["[ cut here ]", "WARNING: "];

/// An unexpected line of a kernel's log.
#[derive(Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The subject and the case at that time.
    pub during: String,
    /// The line.
    pub line: String,
    /// True if later answers are unreliable, too.
    pub breaks: bool,
}

/// All complaints, in the order of the subjects, except for warnings within a `WARNS` case.
pub fn of(output: &MachineOutput, subjects: &[Subject]) -> Vec<Complaint> {
    // Outside of a case, a complaint is about the kernel itself.
    let outside = lines(&output.outside, "no module", |_| false).into_iter();
    let outside = outside.map(|one| Complaint { breaks: true, ..one });
    let inside = subjects.iter().filter_map(|subject| Some((subject, output.said.get(&subject.name)?)));
    let inside = inside.flat_map(|(subject, said)| of_subject(subject, &said.log));
    outside.chain(inside).collect()
}

/// The complaints in one subject's log.
pub fn of_subject(subject: &Subject, log: &str) -> Vec<Complaint> {
    lines(log, &subject.name, |asked| {
        subject.cases.iter().any(|case| case.warns && asked == format!("{}.{}", subject.name, case.name))
    })
}

/// The report about the complaints.
pub fn report(complaints: &[Complaint], console: &str) -> String {
    let line = |one: &Complaint| format!("during {} the kernel said: {}\n", one.during, one.line);
    let lines: String = complaints.iter().map(line).collect();
    let broken = complaints.iter().any(|one| one.breaks);
    let refused = if broken { "no answer is" } else { "its answers are not" };
    format!(
        "{lines}  so {refused} recorded. Write a case that does not break a kernel, and WARNS(…) for one that is to warn; {console}"
    )
}

/// `may_warn` is true for the cases, as `subject.case`, that warn on purpose.
fn lines(log: &str, at_first: &str, may_warn: impl Fn(&str) -> bool) -> Vec<Complaint> {
    let has = |line: &str, words: &[&str]| words.iter().any(|word| line.contains(word));
    let mut during = at_first;
    let mut complaints = Vec::new();
    for line in log.lines() {
        if let Some(case) = line.strip_prefix("ASK-CASE ") {
            during = case.trim_end();
        } else if line.starts_with("ASK-END ") {
            during = at_first;
        } else if !line.starts_with("ASK") {
            let breaks = has(line, BREAKS);
            if breaks || has(line, WARNS) && !may_warn(during) {
                let (during, line) = (during.to_owned(), line.trim().to_owned());
                complaints.push(Complaint { during, line, breaks });
            }
        }
    }
    complaints
}

/// The place of the console's log, for a report.
pub fn console(folder: &Path) -> String {
    format!("the machine's console: {}", places::shown(&folder.join("console.log")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::Case;

    fn subject() -> Subject {
        let case =
            |name: &str, warns| Case { name: name.into(), line: 1, symbols: Vec::new(), ours: false, warns };
        Subject {
            name: "locks".into(),
            path: "locks.c".into(),
            cases: vec![case("plain", false), case("loud", true)],
        }
    }

    /// A machine's console on which the kernel has printed `lines` during a case.
    fn console(case: &str, lines: &str) -> MachineOutput {
        let console = format!(
            "Linux boots\n\
             CONFORMANCE version 6.1.0 #1\n\
             CONFORMANCE begin locks\n\
             CONFORMANCE log locks\n\
             ASK-CASE locks.{case}\n\
             {lines}\n\
             ASK locks.{case} text=BUG: none, WARNING: none\n\
             ASK-END locks\n\
             CONFORMANCE end locks 0\n\
             CONFORMANCE over\n"
        );
        let mut output = MachineOutput::default();
        console.lines().for_each(|line| _ = output.take(line));
        output
    }

    fn complaints(case: &str, lines: &str) -> Vec<Complaint> {
        of(&console(case, lines), &[subject()])
    }

    const OOPS: &str = "BUG: kernel NULL pointer dereference, address: 0000000000000008\n\
                        #PF: supervisor write access in kernel mode\n\
                        Oops: 0002 [#1] PREEMPT SMP PTI";
    const WARNING: &str = "------------[ cut here ]------------\n\
                           WARNING: CPU: 0 PID: 57 at lib/refcount.c:22 refcount_warn_saturate+0x5d/0xe0\n\
                           ---[ end trace 0000000000000000 ]---";

    #[test]
    fn a_kernel_that_says_nothing_of_its_own_is_believed() {
        assert_eq!(complaints("plain", "locks: module verification failed"), []);
    }

    #[test]
    fn an_oops_refuses_all_answers_whatever_is_asked() {
        for case in ["plain", "loud"] {
            let found = complaints(case, OOPS);
            let [bug, oops] = &found[..] else { panic!("{found:?}") };
            assert_eq!(bug.during, format!("locks.{case}"));
            assert!(bug.breaks && oops.breaks && oops.line.starts_with("Oops: 0002"), "{found:?}");
            assert!(report(&found, "see there").contains("so no answer is recorded"));
        }
    }

    #[test]
    fn other_words_of_a_broken_kernel_are_known() {
        for line in [
            "kernel BUG at mm/slub.c:435!",
            "general protection fault, probably for non-canonical address 0xdead",
            "INFO: task insmod:57 blocked for more than 120 seconds.",
            "BUG: scheduling while atomic: insmod/57/0x00000002",
            "Kernel panic - not syncing: Fatal exception",
        ] {
            let found = complaints("loud", line);
            assert!(matches!(&found[..], [one] if one.breaks && one.line == line), "{found:?}");
        }
    }

    #[test]
    fn a_warning_belongs_to_a_case_that_is_to_warn() {
        assert_eq!(complaints("loud", WARNING), []);
        let found = complaints("plain", WARNING);
        assert!(matches!(&found[..], [cut, _] if !cut.breaks && cut.during == "locks.plain"), "{found:?}");
        assert!(report(&found, "see there").contains("so its answers are not recorded"));
    }

    #[test]
    fn what_comes_behind_the_last_case_belongs_to_none() {
        let subject = subject();
        let log = format!("ASK-CASE locks.loud\nASK locks.loud x=1\nASK-END locks\n{WARNING}\n");
        assert_eq!(of_subject(&subject, &log).len(), 2);
        let mut output = console("loud", "");
        output.take("WARNING: CPU: 0 PID: 1 at kernel/reboot.c:1");
        let found = of(&output, &[subject]);
        assert!(matches!(&found[..], [one] if one.during == "no module" && one.breaks), "{found:?}");
    }
}
