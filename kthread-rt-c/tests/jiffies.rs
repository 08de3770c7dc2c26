//! `jiffies` is a variable in modules, and an expression in programs; both tell the time.

mod ukmod;

use std::path::Path;
use std::process::Command;

#[test]
fn a_module_reads_the_time_in_a_variable() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/jiffies.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = "\
a field 1, its address 1, a member that is called 5, read once 1, both words one 1
it begins five minutes before it wraps: 1
a loop with time_before ended
an empty loop over the variable alone ended
40 ms of computing are 9 jiffies or more: 1, and the variable is not ahead: 1
right after a sleep: 20 of 20
in a timer's callback it is not before its time: 1
it went back: 0
clock_t: 10 jiffies 4, 4 ticks 10, too many 1, 25 ms 2
jiffies64: of 10 ms 2, to clock_t 400, to ns 12000000, a delta of -3 0 ms 0
range: 1 1 0 1, open: 1 0, over the wrap 1
64: after 1, before 1, after_eq 1, before_eq 0
beside now: 1 1 1 0, 64: 1 1 1 0
";
    assert_eq!(stdout, expected);
}

/// Builds `c/jiffies_program.c` with the static library, and says what it prints.
fn program(name: &str, flags: &[&str]) -> String {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = Path::new(env!("CARGO_BIN_EXE_ukmod")).parent().unwrap();
    let library = ["deps", "."].map(|folder| target.join(folder).join("libkthread_rt_c.a"));
    let library = library.iter().find(|file| file.exists()).unwrap();
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut gcc = Command::new("gcc");
    gcc.args(["-Wall", "-Werror", "-O2", "-fexceptions", "-I"]).arg(package.join("include")).args(flags);
    gcc.arg(package.join("tests/c/jiffies_program.c")).arg(library);
    gcc.args(["-lpthread", "-ldl", "-lm", "-lgcc_s", "-o"]).arg(&program);
    let output = gcc.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_program_asks_the_clock() {
    assert_eq!(program("jiffies-expression", &[]), "its address: 1\nhalf a second: 1\n");
}

#[test]
fn a_program_has_the_variable_if_it_says_so() {
    let expected = "a field: 1\nits address: 1\nat rest the ticks stop: 1\nhalf a second: 1\n";
    assert_eq!(program("jiffies-variable", &["-DKT_JIFFIES_VARIABLE"]), expected);
}

#[test]
fn sleeps_end_with_the_tick_or_exactly() {
    for (options, told) in [
        (&[][..], "two jiffies take 3 at the least\n"),
        (&["--exact-timeouts"], "two jiffies take 2 at the least\n"),
    ] {
        let words =
            [&["run", "modules/sleeps_two_jiffies.c", "--for", "0s", "--raw", "--strict"], options].concat();
        assert_eq!(ukmod::run(&words), (0, told.to_owned(), String::new()), "{options:?}");
    }
}
