//! What modules use by habit, beside threads and work: the configuration, paths, sets of objects,
//! where a module is.

mod ukmod;

/// The module `tests/c/NAME.c` ends well and prints these lines.
fn prints(name: &str, kernel: &str, expected: &str) {
    let file = format!("{}/tests/c/{name}.c", env!("CARGO_MANIFEST_DIR"));
    let (status, out, err) =
        ukmod::run(&["run", &file, "--kernel-version", kernel, "--for", "0s", "--raw", "--strict"]);
    let expected: Vec<_> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(out.lines().collect::<Vec<_>>(), expected, "standard error: {err}");
    assert_eq!(status, 0, "{err}");
}

#[test]
fn files_by_paths_and_numbers_and_memory_of_the_process() {
    for kernel in ["6.1", "6.12", "5.15"] {
        prints(
            "files_by_habit",
            kernel,
            "a module's: 0 paper 100440
            is a folder: -20
            the system's: 0 self 1
            told: 0 1 1
            null: 0 1 1:3
            a link: 0 1
            nothing: -2 -2
            of one: 1, references: 1
            read: 3 abc
            closed: 0, again: -9, there: 0, references: 0
            unused: 1, has a file: 0
            the same: 1
            mapped: 1
            the program: ELF
            unmapped: 0 0
            of no page: -22",
        );
    }
}

#[test]
fn configuration_locks_of_tasks_and_devices_sets_and_addresses() {
    for kernel in ["6.1", "6.6"] {
        prints(
            "used_by_habit",
            kernel,
            &format!(
                "on: 11111 off: 00
                ticks: 1, of a set: 1, release {kernel}.0, magic of it
                locked: 1
                wrong: -22, real time: 0
                nice: 0 5
                memory: 1 0
                added: 0, to its set: 1
                in it: 1, found: 1 1
                empty: 1
                locked twice: 0, once: 1
                here: 1 1, there: 0
                longer: kept 1
                ref: 0
                count: 1
                released"
            ),
        );
    }
}
