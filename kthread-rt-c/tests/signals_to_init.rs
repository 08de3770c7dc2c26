//! Ctrl-C and SIGTERM before all modules are loaded and while they are unloaded, and the time
//! limits that stand in for them.

mod ukmod;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, ChildStdout, Stdio};
use std::time::{Duration, Instant};
use ukmod::{SOON, ends_within, folder, in_order, run, run_within};

/// A run, its standard output and error.
struct Run(Child, BufReader<ChildStdout>, BufReader<ChildStderr>);

impl Run {
    /// Begins one, and reads what it prints up to the line with `mark`.
    #[track_caller]
    fn up_to(args: &[&str], mark: &str) -> Self {
        let mut child =
            ukmod::ukmod().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let mut run = Self(child, BufReader::new(out), BufReader::new(err));
        run.out_up_to(mark);
        run
    }

    #[track_caller]
    fn out_up_to(&mut self, mark: &str) {
        up_to(&mut self.1, mark);
    }

    #[track_caller]
    fn err_up_to(&mut self, mark: &str) {
        up_to(&mut self.2, mark);
    }

    fn send(&self, signal: i32) {
        // SAFETY: no memory is involved; the child has not been waited for.
        assert_eq!(unsafe { libc::kill(self.0.id() as i32, signal) }, 0);
    }

    /// Its status, and the rest of what it prints.
    #[track_caller]
    fn ends(mut self) -> (Option<i32>, String, String) {
        let status = ends_within(&mut self.0, SOON);
        let (mut out, mut err) = (String::new(), String::new());
        self.1.read_to_string(&mut out).unwrap();
        self.2.read_to_string(&mut err).unwrap();
        (status.code(), out, err)
    }
}

#[track_caller]
fn up_to(from: &mut impl BufRead, mark: &str) {
    let mut line = String::new();
    while !line.contains(mark) {
        line.clear();
        assert_ne!(from.read_line(&mut line).unwrap(), 0, "it ended without {mark:?}");
    }
}

#[test]
fn each_signal_ends_an_interruptible_init_as_in_insmod() {
    for signal in [libc::SIGINT, libc::SIGTERM] {
        let run = Run::up_to(&["run", "modules/init_waits.c", "--raw"], "it sleeps");
        run.send(signal);
        let (status, out, err) = run.ends();
        assert_eq!((status, &*out), (Some(3), "init: the wait returned -512\n"), "{err}");
        in_order(&err, &["the init of init_waits has not come back", "init returned -512: ERESTARTSYS"]);
    }
}

#[test]
fn it_is_a_signal_that_kills() {
    let run = Run::up_to(&["run", "modules/init_waits.c", "killable=1", "--raw"], "it sleeps");
    run.send(libc::SIGINT);
    let (status, out, err) = run.ends();
    assert_eq!((status, &*out), (Some(3), "init: the wait returned -512\n"), "{err}");
}

#[test]
fn an_init_that_goes_on_is_unloaded_and_exit_does_not_see_the_signal() {
    let run = Run::up_to(&["run", "modules/init_waits.c", "stays=1", "--raw"], "it sleeps");
    run.send(libc::SIGINT);
    let (status, out, err) = run.ends();
    let told = "init: the wait returned -512\nexit: no signal is pending\n";
    assert_eq!((status, &*out), (Some(0), told), "{err}");
}

#[test]
fn an_exit_that_waits_gets_a_signal_of_its_own_and_two_sigterms_are_one() {
    let mut run =
        Run::up_to(&["run", "modules/init_waits.c", "stays=1", "exit_waits=1", "--for", "1s"], "it sleeps");
    run.out_up_to("it sleeps");
    run.send(libc::SIGTERM);
    run.send(libc::SIGTERM);
    let (status, out, err) = run.ends();
    assert_eq!(status, Some(0), "{err}");
    in_order(&out, &["exit: the wait returned -512"]);
    in_order(&err, &["the exit of init_waits has not come back; the next signal ends the run without it"]);
}

#[test]
fn two_sigterms_at_once_are_one() {
    // While it waits with the module loaded, or in exit already; and in init.
    let run = Run::up_to(&["run", "../modules/mykthread.c"], "count 0");
    run.send(libc::SIGTERM);
    run.send(libc::SIGTERM);
    let (status, out, err) = run.ends();
    assert_eq!(status, Some(0), "{err}");
    in_order(&out, &["exit: mykthread returned"]);
    let run = Run::up_to(&["run", "modules/init_waits.c", "stays=1"], "it sleeps");
    for _ in 0..5 {
        run.send(libc::SIGTERM);
    }
    let (status, out, err) = run.ends();
    assert_eq!(status, Some(0), "{err}");
    in_order(&out, &["exit: no signal is pending"]);
}

#[test]
fn a_second_sigterm_soon_after_ends_an_init_that_hangs() {
    let begun = Instant::now();
    let mut run = Run::up_to(&["run", "modules/init_hangs.c", "--raw"], "init sleeps");
    run.send(libc::SIGTERM);
    run.err_up_to("the init of init_hangs has not come back; the next signal ends the run without it");
    // SIGTERMs that come within this time of the first count as one.
    std::thread::sleep(Duration::from_millis(250));
    run.send(libc::SIGTERM);
    let (status, _, err) = run.ends();
    assert_eq!(status, Some(6), "{err}");
    in_order(&err, &["the init of init_hangs has not come back; who waits for whom:"]);
    assert!(begun.elapsed() < SOON);
}

#[test]
fn an_init_that_hangs_is_told_when_its_time_is_over() {
    let begun = Instant::now();
    let (status, _, err) = run(&["run", "modules/init_hangs.c", "--init-timeout", "500ms", "--raw"]);
    assert_eq!(status, 6, "{err}");
    let told = [
        "the init of init_hangs did not come back in time (--init-timeout); who waits for whom:",
        "ukmod[1] waits for completion never (0x",
        "init_hangs.c:",
    ];
    in_order(&err, &told);
    assert!(begun.elapsed() >= Duration::from_millis(500));
}

#[test]
fn a_run_that_has_a_time_ends_in_it_though_an_init_hangs() {
    let begun = Instant::now();
    let (status, _, err) = run(&["run", "modules/init_hangs.c", "--for", "1s", "--raw"]);
    assert_eq!(status, 6, "{err}");
    let told = [
        "the init of init_hangs has not come back; the time is over (--for): sending it SIGTERM",
        "the init of init_hangs did not come back in time (--for); who waits for whom:",
    ];
    in_order(&err, &told);
    assert!(begun.elapsed() < SOON);
}

#[test]
fn an_init_that_a_signal_ends_is_asked_for_that_when_the_time_is_over() {
    let (status, out, err) = run(&["run", "modules/init_waits.c", "stays=1", "--for", "1s", "--raw"]);
    let told = "it sleeps\ninit: the wait returned -512\nexit: no signal is pending\n";
    assert_eq!((status, &*out), (0, told), "{err}");
}

#[test]
fn a_constructor_that_hangs_ends_by_all_that_ends_an_init() {
    let mut ukmod = ukmod::ukmod();
    ukmod.args(["run", "modules/constructor_hangs.c", "--init-timeout", "500ms"]);
    let (status, _, err) = run_within(&mut ukmod, SOON, "constructor");
    assert_eq!(status.code(), Some(6), "{err}");
    in_order(&err, &["the loading of constructor_hangs did not come back in time (--init-timeout)"]);

    let mut run = Run::up_to(&["run", "modules/constructor_hangs.c"], "it is mapped");
    run.send(libc::SIGINT);
    run.err_up_to(
        "the loading of constructor_hangs has not come back; the next signal ends the run without it",
    );
    run.send(libc::SIGQUIT);
    run.err_up_to("ukmod");
    run.send(libc::SIGINT);
    let (status, _, err) = run.ends();
    assert_eq!(status, Some(6), "{err}");
    in_order(&err, &["the loading of constructor_hangs has not come back; who waits for whom"]);
}

#[test]
fn a_destructor_that_hangs_ends_by_all_that_ends_an_exit() {
    let args = ["run", "modules/constructor_hangs.c", "--cflag=-DCONFIG_HANGS_LATE", "--for", "0s"];
    let mut ukmod = ukmod::ukmod();
    ukmod.args(args).args(["--exit-timeout", "500ms"]);
    let (status, _, err) = run_within(&mut ukmod, SOON, "destructor");
    assert_eq!(status.code(), Some(6), "{err}");
    in_order(&err, &["the unloading of the modules did not come back in time (--exit-timeout)"]);
    let mut run = Run::up_to(&args, "it is unmapped");
    run.send(libc::SIGTERM);
    run.err_up_to("the unloading of the modules has not come back; the next signal ends the run without it");
    run.send(libc::SIGINT);
    let (status, _, err) = run.ends();
    assert_eq!(status, Some(6), "{err}");
}

#[test]
fn a_crash_in_a_constructor_is_told_while_the_loader_has_its_lock() {
    let folder = folder("constructor-crash");
    let source = folder.join("m.c");
    let text = "#include <linux/module.h>\nstatic int *volatile nothing;\n\
                static void __attribute__((constructor)) crash(void)\n{\n\t*nothing = 1;\n}\n";
    std::fs::write(&source, text).unwrap();
    let mut ukmod = ukmod::ukmod();
    let (status, _, err) = run_within(ukmod.arg("run").arg(&source), SOON, "constructor-crash");
    assert_eq!(status.code(), Some(5), "{err}");
    in_order(
        &err,
        &[
            "ukmod: SIGSEGV at address 0x0, in task ukmod",
            "ukmod: crash: SIGSEGV at address 0x0",
            "  crash (",
        ],
    );
    assert!(!err.contains("takes too long"), "{err}");
}

#[test]
fn a_signal_while_it_builds_leaves_nothing() {
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // The compiler waits for a writer of the pipe.
        let own = folder(&format!("signal-build-{signal}"));
        let fifo = own.join("waits.h");
        let name = std::ffi::CString::new(fifo.to_str().unwrap()).unwrap();
        // SAFETY: the name is a C string.
        assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
        std::fs::write(own.join("m.c"), "#include \"waits.h\"\n").unwrap();
        let tmp = folder("signal-build-tmp");
        let mut ukmod = ukmod::ukmod();
        ukmod.arg("run").arg(own.join("m.c")).env("TMPDIR", &tmp).stdout(Stdio::null()).stderr(Stdio::null());
        // SAFETY: `signal` may be called between fork and exec. The tests' parent may ignore
        // these signals, as nohup and a shell's `&` do, and a program inherits that.
        unsafe {
            ukmod.pre_exec(move || {
                libc::signal(signal, libc::SIG_DFL);
                Ok(())
            });
        }
        let mut child = ukmod.spawn().unwrap();
        // Opening it for writing waits until the compiler has opened it.
        let writer = std::fs::OpenOptions::new().write(true).open(&fifo).unwrap();
        // SAFETY: no memory is involved; the child has not been waited for.
        assert_eq!(unsafe { libc::kill(child.id() as i32, signal) }, 0);
        assert_eq!(ends_within(&mut child, SOON).signal(), Some(signal));
        drop(writer);
        assert_eq!(std::fs::read_dir(&tmp).unwrap().count(), 0, "signal {signal}");
    }
}
