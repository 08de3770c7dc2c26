//! The comparison finds builds that are wrong on purpose, and its report is clear to a first-time
//! reader.

use conformance::compare::{Comparison, Options};
use conformance::defects::{ALL, Defect};
use conformance::report;

/// The report of a defect.
fn told(name: &str) -> String {
    let defect = Some(Defect::named(name).unwrap());
    let comparison = Comparison::new(&Options { defect, ..Options::default() }).unwrap();
    let all = comparison.run(|_, _| {}).unwrap();
    report::faults(&comparison.subjects, &all)
}

/// Panics unless the report has all this.
#[track_caller]
fn noticed(name: &str, parts: &[&str]) {
    let told = told(name);
    for part in parts {
        assert!(told.contains(part), "of {name}, no {part:?} in:\n{told}");
    }
}

#[test]
fn there_are_five() {
    assert_eq!(ALL.len(), 5);
    for defect in &ALL {
        assert!(defect.source().exists(), "{}", defect.name);
    }
}

#[test]
fn complete_all_that_only_counts() {
    noticed(
        "complete_all_counts",
        &[
            "completion.all: kthread-rt does not answer as Linux 6.1, 6.12\n",
            "  question         kthread-rt-c/conformance/questions/completion.c:",
            "  Linux 6.1, 6.12  all done=4294967295 is_done=1\n",
            "  kthread-rt       all done=3 is_done=1\n",
            "What to do about completion: mend kthread-rt, so that it answers as Linux.",
            "kthread-rt-c/conformance/to-mend/completion.txt",
            "\nall 6.1 6.12\n  linux: all done=4294967295 is_done=1\n  ours: all done=3 is_done=1\n  issue: N\n",
        ],
    );
}

#[test]
fn a_crash() {
    noticed(
        "crash",
        &[
            "completion.c, as for Linux 6.1, did not come to its end, so what is missing differs:\n  | ukmod ended with \
             status 5, in case counts\n",
            "ukmod ended with status 5, in case all\n",
            "completion.counts: 5 answer(s) of Linux 6.1, 6.12 are missing (kthread-rt-c/conformance/questions/completion.c:",
            "completion.all: 3 answer(s) of Linux 6.1, 6.12 are missing (kthread-rt-c/conformance/questions/completion.c:",
        ],
    );
}

#[test]
fn a_result_that_is_forgotten() {
    noticed("stop_forgets", &["create_stop.result: kthread-rt does not answer as Linux 6.1, 6.12\n"]);
}

#[test]
fn times_that_are_rounded_down() {
    noticed("rounds_down", &["time.msecs_to_jiffies: kthread-rt does not answer as Linux 6.1, 6.12\n"]);
}

#[test]
fn a_success_that_looks_like_a_failure() {
    noticed(
        "zero_is_late",
        &[
            "completion.already_done: kthread-rt does not answer as Linux 6.1, 6.12\n",
            "timeout_0=1 timeout_7=7\n",
            "  kthread-rt       timeout_0=0 timeout_7=7\n",
        ],
    );
}
