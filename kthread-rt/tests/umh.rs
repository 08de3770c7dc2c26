//! Usermode helpers: their environment, their callers' results, and that none is left behind.
//!
//! A helper that has to stay for a while is a `cat` on a pipe; it ends when the test closes the
//! other end.

#![cfg(not(any(loom, shuttle)))]

mod child;
mod witness;

use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::fs::{self, File};
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::channel;
use witness::Warnings;

const WAITS: [i32; 5] = [
    UMH_WAIT_EXEC,
    UMH_WAIT_PROC,
    UMH_KILLABLE,
    UMH_WAIT_EXEC | UMH_KILLABLE,
    UMH_WAIT_PROC | UMH_KILLABLE | UMH_FREEZABLE,
];

fn sh(script: &str) -> SubprocessInfo {
    SubprocessInfo::new("/bin/sh", ["sh", "-c", script], ["PATH=/usr/bin:/bin"]).unwrap()
}

/// The helper's output, and how it ended.
fn output_of(mut info: SubprocessInfo) -> (String, Result<i32, Errno>) {
    let (mut from, to) = pipe().unwrap();
    info.set_stdout(to);
    let status = info.exec(UMH_WAIT_PROC);
    let mut text = String::new();
    from.read_to_string(&mut text).unwrap();
    (text, status)
}

/// A helper that writes its pid, and ends when the pipe's writer is closed.
fn stays() -> (SubprocessInfo, PipeWriter, PipeReader) {
    let (stdin, hold) = pipe().unwrap();
    let (told, stdout) = pipe().unwrap();
    let mut info = sh("echo $$; exec cat");
    info.set_stdin(stdin);
    info.set_stdout(stdout);
    (info, hold, told)
}

/// Reads a line of a helper's output.
fn line(from: &mut PipeReader) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while from.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
        line.push(byte[0]);
    }
    String::from_utf8(line).unwrap()
}

fn process_exists(pid: &str) -> bool {
    fs::exists(format!("/proc/{pid}")).unwrap()
}

/// The tasks that serve helpers in the calling task's Kernel.
fn workers() -> Vec<Task> {
    Kernel::current().tasks().into_iter().filter(|task| task.comm().starts_with("kworker/")).collect()
}

/// Waits until `task` sleeps in any state, or has ended.
fn asleep(task: &TaskStruct) -> TaskState {
    _ = wait_task_inactive(task, TASK_RUNNING);
    task.state()
}

/// A cleanup that counts its calls.
fn counting(info: SubprocessInfo) -> (SubprocessInfo, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let counted = count.clone();
    (info.with_cleanup(move |_| _ = counted.fetch_add(1, SeqCst)), count)
}

/// A file in a directory that is removed with it.
struct Scratch(PathBuf);

impl Scratch {
    fn file(name: &str, mode: u32, text: &str) -> (Self, String) {
        let dir = std::env::temp_dir().join(format!("kthread-rt-umh-{}-{name}", process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join(name);
        File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (Self(dir), path.to_str().unwrap().to_owned())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn wait_proc_returns_the_wait_status() {
    for (script, status) in [
        ("exit 0", 0),
        ("exit 7", 7 << 8),
        ("exit 255", 255 << 8),
        ("kill -TERM $$", 15),
        ("kill -KILL $$", 9),
    ] {
        assert_eq!(sh(script).exec(UMH_WAIT_PROC), Ok(status), "{script}");
        assert_eq!(sh(script).exec(UMH_WAIT_PROC | UMH_KILLABLE), Ok(status), "{script}");
    }
}

#[test]
fn wait_exec_returns_0_however_the_program_ends() {
    for wait in [UMH_WAIT_EXEC, UMH_WAIT_EXEC | UMH_KILLABLE, UMH_KILLABLE, UMH_FREEZABLE] {
        assert_eq!(sh("exit 7").exec(wait), Ok(0), "{wait}");
    }
}

#[test]
fn a_failing_exec_returns_its_error() {
    let (_text, text) = Scratch::file("text", 0o644, "exit 0\n");
    let (_script, script) = Scratch::file("script", 0o755, "exit 0\n");
    let inside = format!("{text}/inside");
    for (path, errno) in [
        ("/no/such/program", Errno::ENOENT),
        (text.as_str(), Errno::EACCES),
        ("/usr", Errno::EACCES),
        // No shell interprets it.
        (script.as_str(), Errno::ENOEXEC),
        (inside.as_str(), Errno::from_raw(20)), // ENOTDIR
        // Relative to the root directory, and not looked up in PATH.
        ("sh", Errno::ENOENT),
    ] {
        for wait in WAITS {
            let result = call_usermodehelper(path, &["it"], &["PATH=/bin"], wait);
            assert_eq!(result, Err(errno), "{path} {wait}");
        }
        assert_eq!(call_usermodehelper(path, &["it"], &["PATH=/bin"], UMH_NO_WAIT), Ok(0), "{path}");
    }
    assert_eq!(call_usermodehelper("bin/sh", &["sh", "-c", "exit 3"], &[], UMH_WAIT_PROC), Ok(3 << 8));
}

#[test]
fn the_environment_is_envp_and_nothing_else() {
    let info = SubprocessInfo::new("/usr/bin/env", ["env"], ["TROUBLED_DS=7", "HOME=/", "EMPTY="]).unwrap();
    assert_eq!(output_of(info), ("TROUBLED_DS=7\nHOME=/\nEMPTY=\n".into(), Ok(0)));
    let info = SubprocessInfo::new("/usr/bin/env", ["env"], [""; 0]).unwrap();
    assert_eq!(output_of(info), (String::new(), Ok(0)));
}

#[test]
fn the_arguments_are_argv_with_the_name_as_given() {
    let argv = ["another name", "/proc/self/cmdline", "two words", ""];
    let info = SubprocessInfo::new("/bin/cat", &argv[..2], [""; 0]).unwrap();
    assert_eq!(output_of(info).0, "another name\0/proc/self/cmdline\0");
    let info = SubprocessInfo::new("/usr/bin/printf", ["printf", "<%s>", "two words", "", "$HOME;"], [""; 0]);
    assert_eq!(output_of(info.unwrap()).0, "<two words><><$HOME;>");
}

#[test]
fn a_helper_that_a_kthread_calls_has_no_signal_blocked_or_ignored() {
    // kthreads block nearly all; Rust's runtime ignores SIGPIPE in this process.
    let (sender, receiver) = channel();
    let task = kthread_run!(
        move |()| {
            let info = SubprocessInfo::new("/bin/cat", ["cat", "/proc/self/status"], [""; 0]).unwrap();
            sender.send(output_of(info)).unwrap();
            0
        },
        (),
        "caller"
    )
    .unwrap();
    let (status, result) = receiver.recv().unwrap();
    assert_eq!(result, Ok(0));
    for sets in ["SigBlk:\t", "SigIgn:\t", "SigCgt:\t", "SigPnd:\t", "ShdPnd:\t"] {
        let set = status.lines().find_map(|line| line.strip_prefix(sets)).expect(sets);
        assert_eq!(u64::from_str_radix(set, 16), Ok(0), "{sets}");
    }
    _ = kthread_stop(&task);
}

#[test]
fn a_helper_has_three_descriptors_which_are_dev_null() {
    // A descriptor that is not close-on-exec.
    let file = File::open("/dev/zero").unwrap();
    // SAFETY: the descriptor is open; the copy is never used.
    let copy = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_DUPFD, 100) };
    assert!(copy >= 100);
    // The third is the shell's own while it reads the directory.
    let (fds, _) = output_of(sh("cd /proc/self/fd; echo *; readlink 0 2"));
    assert!(["0 1 2", "0 1 2 3"].contains(&fds.lines().next().unwrap()), "{fds}");
    assert_eq!(fds.lines().skip(1).collect::<Vec<_>>(), ["/dev/null"; 2]);
    assert_eq!(sh("test -t 0 || read x").exec(UMH_WAIT_PROC), Ok(1 << 8), "end of file");
    // SAFETY: the test's own.
    unsafe { libc::close(copy) };
}

#[test]
fn a_helper_is_in_the_root_directory_with_a_umask_and_a_session_of_its_own() {
    let (text, _) = output_of(sh("pwd; umask; cut -d' ' -f6 /proc/$$/stat; echo $$"));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines[0], lines[1]), ("/", "0022"));
    assert_eq!(lines[2], lines[3], "the session is its own");
}

#[test]
fn no_wait_returns_before_the_helper_has_ended_and_it_is_reaped() {
    let kernel = Kernel::builder().boot().unwrap();
    let _inside = kernel.enter();
    let (info, hold, mut told) = stays();
    let (info, cleaned) = counting(info);
    assert_eq!(info.exec(UMH_NO_WAIT), Ok(0));
    let pid = line(&mut told);
    assert!(process_exists(&pid));
    let worker = workers().pop().expect("a worker stays with it");
    drop(hold);
    assert_eq!(asleep(&worker), TASK_DEAD);
    assert!(!process_exists(&pid), "not even a zombie");
    assert_eq!(cleaned.load(SeqCst), 1);
    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined), (1, 1));
}

#[test]
fn a_helper_that_is_not_waited_for_to_the_end_is_reaped_too() {
    let kernel = Kernel::builder().boot().unwrap();
    let _inside = kernel.enter();
    let (info, hold, mut told) = stays();
    let (info, cleaned) = counting(info);
    assert_eq!(info.exec(UMH_WAIT_EXEC), Ok(0));
    assert_eq!(cleaned.load(SeqCst), 1, "by the caller, before it returns");
    let pid = line(&mut told);
    let worker = workers().pop().unwrap();
    drop(hold);
    assert_eq!(asleep(&worker), TASK_DEAD);
    assert!(!process_exists(&pid));
}

#[test]
fn workers_are_named_as_the_kernels_and_are_children_of_kthreadd() {
    let kernel = Kernel::builder().boot().unwrap();
    let _inside = kernel.enter();
    let mut kept = Vec::new();
    for number in 0..3 {
        let (info, hold, mut told) = stays();
        assert_eq!(info.exec(UMH_WAIT_EXEC), Ok(0));
        let pid = line(&mut told);
        let worker = workers().swap_remove(number);
        let name = worker.full_name();
        assert!(name.starts_with("kworker/u") && name.ends_with(&format!(":{number}")), "{name}");
        let waits_on = worker.waits_on().expect("it says what it waits for");
        assert_eq!((waits_on.kind, waits_on.address.to_string()), (WaitKind::Helper, pid.clone()));
        kept.push((hold, pid));
    }
    let second = workers().remove(1);
    assert_eq!(second.parent(), Some(kthreadd_task().unwrap()));
    assert!(second.flags().contains(PF_KTHREAD));

    // The lowest number that is free is taken again.
    drop(kept.remove(1));
    assert_eq!(asleep(&second), TASK_DEAD);
    let (info, hold, mut told) = stays();
    assert_eq!(info.exec(UMH_WAIT_EXEC), Ok(0));
    kept.push((hold, line(&mut told)));
    let numbers: Vec<_> =
        workers().iter().map(|task| task.full_name().rsplit(':').next().unwrap().to_owned()).collect();
    assert_eq!(numbers, ["0", "2", "1"]);
    for worker in workers() {
        kept.clear();
        assert_eq!(asleep(&worker), TASK_DEAD);
    }
}

/// A kthread that takes SIGKILL, calls a helper that stays, and returns the call's result; it is
/// asleep in the call.
fn caller(info: SubprocessInfo, wait: i32) -> Task {
    let task = kthread_run!(
        move |info: SubprocessInfo| {
            allow_signal(SIGKILL).unwrap();
            info.exec(wait).unwrap_or_else(Errno::as_return)
        },
        info,
        "caller"
    )
    .unwrap();
    asleep(&task);
    task
}

#[test]
fn a_killed_caller_leaves_a_killable_wait_and_the_helper_continues() {
    let kernel = Kernel::builder().boot().unwrap();
    let _inside = kernel.enter();
    let (info, mut hold, mut told) = stays();
    let (info, cleaned) = counting(info);
    let task = caller(info, UMH_WAIT_PROC | UMH_KILLABLE);
    let pid = line(&mut told);
    assert_eq!(asleep(&task), TASK_KILLABLE);
    assert_eq!(task.waits_on().unwrap().kind, WaitKind::Helper);
    assert_eq!(send_sig(SIGKILL, &task, 1), Ok(()));
    assert_eq!(asleep(&task), TASK_DEAD);
    assert_eq!(kthread_stop(&task), Errno::ERESTARTSYS.as_return());

    assert!(process_exists(&pid));
    assert_eq!(cleaned.load(SeqCst), 0, "the worker has the call");
    let worker = workers().pop().expect("it waits for the helper");
    writeln!(hold, "still here").unwrap();
    assert_eq!(line(&mut told), "still here");
    drop(hold);
    assert_eq!(asleep(&worker), TASK_DEAD);
    assert!(!process_exists(&pid));
    assert_eq!(cleaned.load(SeqCst), 1);
}

#[test]
fn a_wait_that_is_not_killable_continues_when_the_caller_is_killed() {
    let (info, hold, mut told) = stays();
    let task = caller(info, UMH_WAIT_PROC);
    line(&mut told);
    assert_eq!(send_sig(SIGKILL, &task, 1), Ok(()));
    assert_eq!((task.state(), task.on_rq()), (TASK_UNINTERRUPTIBLE, false));
    drop(hold);
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn a_caller_that_is_killed_before_the_call_starts_the_helper_and_does_not_wait() {
    let (mut told, stdout) = pipe().unwrap();
    let mut info = sh("echo ran");
    info.set_stdout(stdout);
    let (info, cleaned) = counting(info);
    let task = kthread_run!(
        |info: SubprocessInfo| {
            allow_signal(SIGKILL).unwrap();
            send_sig(SIGKILL, &current(), 1).unwrap();
            info.exec(UMH_WAIT_PROC | UMH_KILLABLE).unwrap_or_else(Errno::as_return)
        },
        info,
        "killed"
    )
    .unwrap();
    // Unless the worker was so fast that the result existed before the wait, as in the kernel.
    assert_eq!(line(&mut told), "ran");
    assert_eq!(asleep(&task), TASK_DEAD);
    assert!([0, Errno::ERESTARTSYS.as_return()].contains(&kthread_stop(&task)));
    for worker in workers() {
        asleep(&worker);
    }
    assert_eq!(cleaned.load(SeqCst), 1);
}

#[test]
fn init_may_change_the_program_and_its_error_is_the_result() {
    let (info, cleaned) = counting(sh(r#"test "$A" = b && exit "$1""#));
    let info = info.with_init(|info| {
        assert!(current().comm().starts_with("kworker/"), "on the worker");
        assert_eq!((info.path(), info.argv().count(), info.envp().count()), ("/bin/sh".as_ref(), 3, 1));
        info.push_env("A=b")?;
        info.push_arg("arg 0")?;
        info.push_arg("9")
    });
    assert_eq!(info.exec(UMH_WAIT_PROC), Ok(9 << 8));
    assert_eq!(cleaned.load(SeqCst), 1);

    for wait in WAITS {
        let (info, cleaned) = counting(SubprocessInfo::new("/no/such", ["such"], [""; 0]).unwrap());
        assert_eq!(info.with_init(|_| Err(Errno::EBUSY)).exec(wait), Err(Errno::EBUSY));
        assert_eq!(cleaned.load(SeqCst), 1);
    }
}

#[test]
fn a_panic_in_init_is_an_oops_of_the_worker_and_efault_for_the_caller() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (info, cleaned) = counting(sh("exit 0"));
    // As a panic, without its hook.
    let init = |_: &mut SubprocessInfo| std::panic::resume_unwind(Box::new("a bug"));
    let result = info.with_init(init).exec(UMH_WAIT_EXEC);
    assert_eq!(result, Err(Errno::EFAULT));
    for worker in workers() {
        asleep(&worker);
    }
    assert_eq!(cleaned.load(SeqCst), 1);
    assert_eq!(kernel.shutdown().alive, []);
    assert_eq!(warnings.take_one().kind, WarningKind::Oops);
}

#[test]
fn a_panic_in_cleanup_is_contained() {
    let info = sh("exit 4").with_cleanup(|_| std::panic::resume_unwind(Box::new("a bug")));
    assert_eq!(info.exec(UMH_WAIT_PROC), Ok(4 << 8));
}

#[test]
fn bad_arguments() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    for (path, arg, env) in [("/bin/\0true", "x", "x"), ("/bin/true", "\0", "x"), ("/bin/true", "x", "A\0B")]
    {
        assert_eq!(call_usermodehelper(path, &[arg], &[env], UMH_WAIT_PROC), Err(Errno::EINVAL));
    }
    assert_eq!(call_usermodehelper("/bin/true", &[], &[], UMH_WAIT_EXEC), Err(Errno::EINVAL));
    // An empty path turns helpers off.
    let (info, cleaned) = counting(SubprocessInfo::new("", ["x"], [""; 0]).unwrap());
    assert_eq!((info.exec(UMH_WAIT_PROC), cleaned.load(SeqCst)), (Ok(0), 1));
    warnings.assert_none();

    for wait in [16, -1, i32::MIN] {
        assert_eq!(call_usermodehelper("/bin/true", &["true"], &[], wait), Err(Errno::EINVAL));
        let told = warnings.take_one();
        assert_eq!((told.kind, told.call.as_str()), (WarningKind::BadArgument, "call_usermodehelper"));
    }
    preempt_disable();
    assert_eq!(call_usermodehelper("/bin/true", &["true"], &[], UMH_NO_WAIT), Ok(0));
    warnings.assert_none();
    assert_eq!(call_usermodehelper("/bin/true", &["true"], &[], UMH_WAIT_EXEC), Ok(0));
    preempt_enable();
    assert_eq!(warnings.take()[0].kind, WarningKind::SleepingWhileAtomic);
}

#[test]
fn a_timer_may_call_a_helper_without_waiting() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (mut told, stdout) = pipe().unwrap();
    let mut info = sh("echo from a timer");
    info.set_stdout(stdout);
    let mut info = Some(info);
    let timer = Timer::new(move |_| assert_eq!(info.take().unwrap().exec(UMH_NO_WAIT), Ok(0)));
    mod_timer(&timer, jiffies());
    assert_eq!(line(&mut told), "from a timer");
    warnings.assert_none();
}

#[test]
fn a_shutdown_reports_the_worker_of_a_running_helper_and_does_not_wait() {
    let kernel = Kernel::builder().boot().unwrap();
    let inside = kernel.enter();
    let (info, hold, mut told) = stays();
    assert_eq!(info.exec(UMH_NO_WAIT), Ok(0));
    let pid = line(&mut told);
    let worker = workers().pop().unwrap();
    let report = kernel.shutdown();
    assert_eq!(report.alive, [worker.id()]);
    assert!(process_exists(&pid), "the helper is not killed");

    let (info, cleaned) = counting(sh("exit 0"));
    assert_eq!((info.exec(UMH_WAIT_EXEC), cleaned.load(SeqCst)), (Err(Errno::ESHUTDOWN), 1));
    assert_eq!(sh("exit 0").exec(UMH_NO_WAIT), Err(Errno::ESHUTDOWN));

    drop(inside);
    drop(hold);
    assert_eq!(asleep(&worker), TASK_DEAD);
    assert!(!process_exists(&pid), "reaped all the same");
}

#[test]
fn a_shutdown_right_after_the_call_waits_for_no_helper() {
    for _ in 0..20 {
        let kernel = Kernel::builder().boot().unwrap();
        let _inside = kernel.enter();
        let (info, hold, _told) = stays();
        let (sender, cleaned) = channel();
        let info = info.with_cleanup(move |_| sender.send(()).unwrap());
        assert_eq!(info.exec(UMH_NO_WAIT), Ok(0));
        // It would hang here if it waited: the helper ends by the drop below.
        let report = kernel.shutdown();
        drop(hold);
        // Either kthreadd has refused it or a worker has run it.
        assert_eq!(cleaned.recv(), Ok(()), "{report:?}");
        assert!(cleaned.recv().is_err(), "once");
    }
}

#[test]
fn a_refused_thread_is_reported_and_the_call_cleaned_up() {
    child::run("a_refused_thread_is_reported_and_the_call_cleaned_up", || {
        let kernel = Kernel::builder().spare_threads(0).stack_size(1 << 30).boot().unwrap();
        let _inside = kernel.enter();
        let limit = libc::rlimit { rlim_cur: 1536 << 20, rlim_max: libc::RLIM_INFINITY };
        // SAFETY: the pointer is valid; this process is the test's own.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) }, 0);
        for wait in WAITS {
            let (info, cleaned) = counting(sh("exit 0"));
            assert_eq!(info.exec(wait), Err(Errno::EAGAIN));
            assert_eq!(cleaned.load(SeqCst), 1);
        }
        let (info, cleaned) = counting(sh("exit 0"));
        assert_eq!(info.exec(UMH_NO_WAIT), Ok(0), "queued");
        assert_eq!(kernel.shutdown().forked, 0);
        assert_eq!(cleaned.load(SeqCst), 1);
    });
}

#[test]
fn a_process_that_ignores_sigchld_gets_no_status_but_every_other_result() {
    child::run("a_process_that_ignores_sigchld_gets_no_status_but_every_other_result", || {
        // SAFETY: this process is the test's own.
        unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
        assert_eq!(sh("exit 3").exec(UMH_WAIT_PROC), Err(Errno::ECHILD));
        assert_eq!(sh("exit 3").exec(UMH_WAIT_EXEC), Ok(0));
        let nowhere = SubprocessInfo::new("/no/such", ["such"], [""; 0]).unwrap();
        assert_eq!(nowhere.exec(UMH_WAIT_PROC), Err(Errno::ENOENT));
    });
}

#[test]
fn many_callers_at_once_each_get_their_own_status() {
    let callers: Vec<_> = (0..16)
        .map(|n| std::thread::spawn(move || (n, sh(&format!("exit {n}")).exec(UMH_WAIT_PROC))))
        .collect();
    for caller in callers {
        let (n, status) = caller.join().unwrap();
        assert_eq!(status, Ok(n << 8));
    }
}
