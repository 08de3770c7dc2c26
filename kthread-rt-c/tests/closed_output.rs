//! What is printed where nobody reads it, or where there is no room for it: no panic, no wait, and
//! never status 0.

mod ukmod;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, PipeReader, Read};
use std::process::{Child, Command, Stdio};
use ukmod::{SOON, ends_within, folder, ukmod};

/// The status of what was ended because nobody read it.
const NOBODY_READS: Option<i32> = Some(141);

/// The status of what could not print something.
const NOT_PRINTED: Option<i32> = Some(8);

/// Starts it with one pipe for all that it prints, as `2>&1 |` does.
fn piped(ukmod: &mut Command) -> (Child, BufReader<PipeReader>) {
    let (read, write) = std::io::pipe().unwrap();
    let child = ukmod.stdout(write.try_clone().unwrap()).stderr(write).spawn().unwrap();
    // What was made of the writing end for it is closed with the command.
    ukmod.stdout(Stdio::null()).stderr(Stdio::null());
    (child, BufReader::new(read))
}

/// `ukmod … 2>&1 | head -1`.
#[track_caller]
fn ends_when_one_line_was_read(args: &[&str], first: &str) {
    let own = folder(&format!("closed-{}", args.join("-").replace('/', "-")));
    let mut ukmod = ukmod();
    let (mut child, mut reader) = piped(ukmod.args(args).env("TMPDIR", &own));
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert!(line.contains(first), "{line}");
    drop(reader);
    assert_eq!(ends_within(&mut child, SOON).code(), NOBODY_READS);
    assert_eq!(fs::read_dir(&own).unwrap().count(), 0, "its temporary folder is there still");
}

#[test]
fn a_module_that_prints_ends_with_its_reader() {
    ends_when_one_line_was_read(&["run", "../modules/mykthread.c", "interval_ms=1"], "mykthread");
}

#[test]
fn a_module_that_prints_no_more_ends_with_its_reader() {
    ends_when_one_line_was_read(&["run", "modules/init_hangs.c"], "init sleeps");
}

#[test]
fn an_exit_that_hangs_ends_with_its_reader() {
    let args = ["run", "modules/exit_hangs.c", "--for", "0s", "--exit-timeout", "1h"];
    ends_when_one_line_was_read(&args, "exit sleeps");
}

#[test]
fn oopses_end_with_their_reader() {
    ends_when_one_line_was_read(&["run", "modules/oopses.c", "where=thread"], "oops: kernel BUG");
}

#[test]
fn a_build_that_fails_ends_with_its_reader() {
    ends_when_one_line_was_read(&["build", "modules/syntax_error.c"], "modules/syntax_error.c");
}

/// With a pipe that nobody has ever read.
#[test]
fn whatever_prints_something_ends_if_nobody_reads() {
    for args in [
        &["--help"][..],
        &["run", "--help"],
        &["--version"],
        &["supported"],
        &["man"],
        &["run"],
        &["no-such-command"],
    ] {
        let mut ukmod = ukmod();
        let (read, write) = std::io::pipe().unwrap();
        drop(read);
        ukmod.args(args).stdout(write.try_clone().unwrap()).stderr(write);
        assert_eq!(ends_within(&mut ukmod.spawn().unwrap(), SOON).code(), NOBODY_READS, "{args:?}");
    }
}

#[test]
fn what_finds_no_room_is_no_success() {
    for args in [
        &["--help"][..],
        &["--version"],
        &["supported"],
        &["supported", "kthread_run"],
        &["man"],
        &["run", "../modules/mykthread.c", "--for", "0s"],
    ] {
        let full = File::create("/dev/full").unwrap();
        let mut child = ukmod().args(args).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(child.wait().unwrap().code(), NOT_PRINTED, "{args:?}: {err}");
    }
}

#[test]
fn messages_that_find_no_room_are_no_success_and_hide_nothing_worse() {
    let run = |module: &str| {
        let full = File::create("/dev/full").unwrap();
        let mut ukmod = ukmod();
        ukmod.args(["run", module, "--for", "0s"]).stdout(Stdio::null()).stderr(full).status().unwrap().code()
    };
    assert_eq!(run("../modules/mykthread.c"), NOT_PRINTED);
    assert_eq!(run("modules/init_fails.c"), Some(3));
    assert_eq!(run("modules/oopses.c"), Some(3));
    assert_eq!(run("modules/crashes_in_thread.c"), Some(5));
}
