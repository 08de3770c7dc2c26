//! Lists, counts of references, chains of notifiers, the end of the machine, as a module in C sees
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
