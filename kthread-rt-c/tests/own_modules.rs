//! The modules of `modules/`, as they come.

mod ukmod;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use ukmod::{in_order, run};

/// Runs one without waiting, and compares what it prints.
#[track_caller]
fn tells(module: &str, told: &str) {
    let (status, out, err) =
        run(&["run", &format!("../modules/{module}.c"), "--for", "0s", "--raw", "--strict"]);
    assert_eq!((status, &*out, &*err), (0, told, ""));
}

#[test]
fn mykthread_counts_until_it_is_stopped() {
    let args = ["run", "../modules/mykthread.c", "interval_ms=1", "--for", "50ms", "--strict"];
    let (status, out, err) = run(&args);
    assert_eq!(status, 0, "{err}");
    in_order(&out, &["mykthread: count 0\n", "mykthread: count 1\n", "exit: mykthread returned "]);
    in_order(&err, &["mykthread: init returned 0", "1 thread(s) made, 1 joined; all memory freed"]);
}

#[test]
fn completion_lets_one_go_or_all() {
    tells(
        "completion",
        "3 squared is 9\n4 squared is 16\n5 squared is 25\nsquarer has served 3 requests\n\
         complete let 1 of 4 go, another look: 0\ncomplete_all let the other 3 go, and it stays open: 1\n\
         after reinit_completion: 0\na wait that times out returns 0\n\
         one that does not returns what is left, at least 1: 1\n",
    );
}

#[test]
fn a_herd_looks_more_often_than_exclusive_waiters() {
    let (status, out, err) = run(&["run", "../modules/wait_queue.c", "--for", "0s", "--raw", "--strict"]);
    assert_eq!((status, &*err), (0, ""), "{out}");
    let looks = |scene: &str| {
        let (_, rest) = out.split_once(&format!("{scene}: 4 wake-ups, ")).unwrap();
        rest.split_once(" looks").unwrap().0.parse::<u32>().unwrap()
    };
    // Each wake-up wakes all four, or one; a task that got it checks again before it sleeps.
    assert!(looks("wait_event") >= looks("wait_event_exclusive") + 4 * 3, "{out}");
    for scene in ["wait_event", "wait_event_exclusive"] {
        assert!(out.contains(&format!("{scene}: 4 times somebody got it\n")), "{out}");
    }
}

#[test]
fn park_stands_aside_until_it_is_let_go_on() {
    tells(
        "park",
        "parker[3] has turned once\nkthread_park returned 0, state P\n\
         it is asked to turn and stays parked: 1\nunparked, it has turned\nit returned 2\n",
    );
}

#[test]
fn event_thread_runs_its_helper_with_each_events_id() {
    let folder = ukmod::tmp().join("event_thread");
    // The last run's.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let (helper, told) = (folder.join("helper"), folder.join("told"));
    let script =
        format!("#!/bin/sh\necho \"$TROUBLED_DS $HOME\" >>'{}'\nexit $TROUBLED_DS\n", told.display());
    fs::write(&helper, script).unwrap();
    fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
    let param = format!("helper={}", helper.display());
    let args = ["run", "../modules/event_thread.c", &param, "events=2", "interval_ms=1"];
    let (status, out, err) = run(&[&args[..], &["--for", "0s", "--raw", "--strict"]].concat());
    let helper = helper.display();
    // Statuses of processes that exited with 1 and with 2.
    let said = format!("event 1: {helper} returned 256\nevent 2: {helper} returned 512\nit told 2 events\n");
    assert_eq!((status, &*out, &*err), (0, &*said, ""));
    assert_eq!(fs::read_to_string(&told).unwrap(), "1 /\n2 /\n");
}
