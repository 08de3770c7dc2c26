//! What Ctrl-C and Ctrl-\ do while modules are loaded.

mod ukmod;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use ukmod::in_order;

/// Starts `ukmod`, and reads its standard output up to a line that contains `mark`.
fn started(args: &[&str], mark: &str) -> (Child, impl Read) {
    let mut child = ukmod::ukmod().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains(mark) {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "it ended without {mark:?}");
    }
    (child, out)
}

fn send(child: &Child, signal: i32) {
    // SAFETY: no memory is involved; the child has not been waited for.
    assert_eq!(unsafe { libc::kill(child.id() as i32, signal) }, 0);
}

/// Reads standard error up to a line that contains `mark`; the line.
fn line_with(err: &mut impl BufRead, mark: &str) -> String {
    let mut line = String::new();
    while !line.contains(mark) {
        line.clear();
        assert_ne!(err.read_line(&mut line).unwrap(), 0, "it ended without {mark:?}");
    }
    line
}

#[test]
fn sigquit_prints_a_table_with_the_modules_tasks_and_sigint_unloads() {
    let (mut child, mut out) = started(&["run", "../modules/mykthread.c", "--raw"], "count 0");
    let mut err = BufReader::new(child.stderr.take().unwrap());
    send(&child, libc::SIGQUIT);
    let head: Vec<_> = line_with(&mut err, "PID").split_whitespace().map(str::to_owned).collect();
    assert_eq!(head, ["PID", "S", "COMM", "OS", "TID", "LOCKS", "WAITS", "FOR"]);
    in_order(&line_with(&mut err, "kthreadd"), &["2 "]);
    // It may be on its way to sleep still, so what it waits for is not compared.
    in_order(&line_with(&mut err, "mykthread"), &["3 ", "mykthread/0", " 0  "]);
    send(&child, libc::SIGINT);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("exit: mykthread returned"), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn sigterm_unloads_as_well() {
    let (mut child, mut out) = started(&["run", "../modules/mykthread.c", "--raw"], "count 0");
    send(&child, libc::SIGTERM);
    out.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_second_ctrl_c_does_not_wait_for_an_exit_that_hangs() {
    let args = ["run", "modules/exit_hangs.c", "--raw", "--for", "0s", "--exit-timeout", "1h"];
    let (mut child, _out) = started(&args, "exit sleeps");
    let mut err = BufReader::new(child.stderr.take().unwrap());
    send(&child, libc::SIGINT);
    line_with(&mut err, "the exit of exit_hangs has not come back; the next signal ends the run without it");
    send(&child, libc::SIGINT);
    line_with(&mut err, "who waits for whom");
    line_with(&mut err, "ukmod[1] waits for kthread_stop: the end of deaf[3]");
    assert_eq!(child.wait().unwrap().code(), Some(6));
}

#[test]
fn a_second_ctrl_c_does_not_wait_for_an_init_that_hangs() {
    let (mut child, _out) = started(&["run", "modules/init_hangs.c", "--raw"], "init sleeps");
    let mut err = BufReader::new(child.stderr.take().unwrap());
    send(&child, libc::SIGINT);
    line_with(&mut err, "the init of init_hangs has not come back");
    send(&child, libc::SIGINT);
    line_with(&mut err, "ukmod[1] waits for completion never (0x");
    assert_eq!(child.wait().unwrap().code(), Some(6));
}
