//! Locks, atomics, bits, RCU, pids and cpus, as a module in C sees them.

mod ukmod;

/// Runs a module of `tests/c`, and compares all that it prints.
fn prints(file: &str, options: &[&str], expected: &str) {
    let path = format!("c/{file}");
    let mut args = vec!["run", path.as_str(), "--for", "0s", "--raw"];
    args.extend(options);
    let (status, stdout, stderr) = ukmod::run(&args);
    assert_eq!(status, 0, "{stdout}\n{stderr}");
    assert_eq!(stdout, expected, "{stderr}");
}

#[test]
fn locks_have_the_kernels_layout_and_answers() {
    prints("locks.c", &[], include_str!("c/locks.out"));
}

#[test]
fn locks_keep_threads_apart() {
    prints("locks_threads.c", &[], include_str!("c/locks_threads.out"));
}

#[test]
fn rt_mutexes_and_percpu_rwsems_have_the_kernels_answers() {
    prints("pi_locks.c", &[], include_str!("c/pi_locks.out"));
}

#[test]
fn atomics_and_bits_compute_as_the_kernels() {
    prints("atomics.c", &[], include_str!("c/atomics.out"));
}

#[test]
fn rcu_pids_and_cpus_are_there() {
    prints("tasks.c", &[], include_str!("c/tasks.out"));
}

#[test]
fn define_semaphore_has_its_form_of_6_4() {
    prints("semaphore_6_4.c", &["--kernel-version", "6.4"], "count: 3\n");
}

#[test]
fn a_bit_is_cleared_and_its_waiter_woken_if_it_was_set() {
    let expected = "clear: 0\nwaits: 1\nset: 1\nwoken: 7\nagain: 0, word: 0\n";
    prints("wait_bit_6_13.c", &["--kernel-version", "6.13"], expected);
}
