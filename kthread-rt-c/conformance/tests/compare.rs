//! The same questions to kthread-rt, and whether it answers as real kernels did. No network: their answers are files.

use conformance::compare::{Comparison, Options};
use conformance::report;
use std::io::{Write, stdout};

#[test]
fn kthread_rt_answers_as_linux_does() {
    let comparison = Comparison::new(&Options::default()).unwrap();
    // Not println!, which is seen of failing tests alone.
    let mut out = stdout().lock();
    writeln!(out).unwrap();
    let all =
        comparison.run(|subject, one| writeln!(out, "{}", report::line(subject, one)).unwrap()).unwrap();
    writeln!(out, "{}", report::sums(&all)).unwrap();
    drop(out);
    let faults = report::faults(&comparison.subjects, &all);
    assert!(faults.is_empty(), "not everything is as it should be:\n\n{faults}");
}
