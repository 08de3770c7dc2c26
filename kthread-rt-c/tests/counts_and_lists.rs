//! Lists, reference counts, notifier chains and the shutdown of the machine, as a C module sees
//! them.

mod ukmod;

/// Runs a module of `tests/c`; what it prints, without the places of warnings in our headers.
fn prints(file: &str) -> String {
    let path = format!("c/{file}");
    let (status, stdout, stderr) = ukmod::run(&["run", path.as_str(), "--for", "0s", "--raw"]);
    assert_eq!(status, 0, "{stdout}\n{stderr}");
    stdout.lines().filter(|line| !line.starts_with("WARNING: PID")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn lists_are_cut_swapped_spliced_and_walked() {
    assert_eq!(prints("lists.c"), include_str!("c/lists.out"));
}

#[test]
fn counts_of_references_saturate_and_warn_as_the_kernels() {
    assert_eq!(prints("refcounts.c"), include_str!("c/refcounts.out"));
}

#[test]
fn each_call_that_finds_a_wrong_count_is_reported_once_at_its_line() {
    const FILE: &str = "c/refcount_lines.c";
    let lines = include_str!("c/refcount_lines.c").lines().zip(1..);
    // A line with a call and its comment.
    let expected: Vec<_> = lines
        .filter_map(|(line, n)| {
            let (code, comment) = line.strip_prefix('\t')?.split_once("; /* ")?;
            let (call, says) = comment.strip_suffix(" */")?.split_once(": ")?;
            assert!(code.contains(&format!("{call}(")), "{line}");
            Some((n, call, says))
        })
        .collect();
    assert_eq!(expected.len(), 29);

    let (status, stdout, stderr) = ukmod::run(&["run", "--strict", FILE, "--for", "0s", "--raw"]);
    let reports: Vec<_> = stderr.lines().filter(|line| line.starts_with("kthread-rt: ")).collect();
    assert_eq!((status, reports.len()), (7, expected.len()), "{stdout}\n{stderr}");
    for ((n, call, says), report) in expected.into_iter().zip(reports) {
        let begin = format!("kthread-rt: {call}() by task \"ukmod\" (pid 1) at {FILE}:{n} in ");
        let message = report.strip_prefix(&begin).unwrap_or_else(|| panic!("line {n}: {report}"));
        assert!(message.contains(&format!("(): refcount_t: {says}")), "line {n}: {report}");
    }
}

#[test]
fn a_notifier_that_was_taken_off_its_chain_is_in_no_call() {
    let expected = "removed during a call: 0\nblocking: 1\nremoval: 0\nremoved during a call: 0\nsrcu: 1\nremoval: 0\n\
                    none on it: -2\natomic: 8001 0 -2 0\nmade: 8001 8001\n";
    assert_eq!(prints("notifiers.c"), expected);
}

#[test]
fn a_module_that_switches_off_tells_the_notifiers_and_is_not_unloaded() {
    let expected = "register_reboot_notifier: 0\nunregister_reboot_notifier: 0 -2\nreboot notifier: 3 none\nreboot: Power down\n";
    assert_eq!(prints("reboot.c"), expected);
}
