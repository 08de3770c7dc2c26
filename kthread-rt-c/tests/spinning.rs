//! Deadlocks of a spinning task that the zoo can't have: the module never ends, or the report of a
//! second fault comes with it.

mod ukmod;

/// The first line of each report.
fn reports(err: &str) -> Vec<&str> {
    err.lines().filter(|line| line.starts_with("kthread-rt: ")).collect()
}

#[test]
fn a_timer_is_waited_for_with_the_lock_held_that_its_function_takes() {
    let file = "spinning/timer_under_spinlock.c";
    let (status, out, err) = ukmod::run(&["run", file, "--for", "0s", "--exit-timeout", "1s"]);
    assert_eq!(status, 6, "{out}{err}");
    let source = include_str!("spinning/timer_under_spinlock.c");
    let line = |of: &str| source.lines().position(|line| line.contains(of)).unwrap() + 1;
    let (waits, locks, spins) =
        (line("/* TOLD */"), line("spin_lock_bh(&lock)"), line("\tspin_lock(&lock);"));
    let report = format!(
        "timer_delete_sync() by task \"end_ticks\" (pid 3) at {file}:{waits} in end_ticks(): deadlock: 2 tasks"
    );
    assert!(reports(&err)[0].contains(&report), "{err}");
    ukmod::in_order(
        &err,
        &[
            &format!("\"end_ticks\" (pid 3) waits in timer_delete_sync() at {file}:{waits}"),
            "which \"ksoftirqd/0\"",
            &format!("waits in spin_lock() at {file}:{spins} in tick() for spinlock lock"),
            &format!("which \"end_ticks\" (pid 3) holds since {file}:{locks}"),
        ],
    );
    assert_eq!(err.matches("deadlock:").count(), 1, "{err}");
}

#[test]
fn a_timer_is_waited_for_with_that_lock_open() {
    let arguments = ["run", "spinning/timer_without_spinlock.c", "--for", "0s", "--strict"];
    let (status, out, err) = ukmod::run(&arguments);
    assert_eq!((status, reports(&err)), (0, vec![]), "{out}{err}");
}
