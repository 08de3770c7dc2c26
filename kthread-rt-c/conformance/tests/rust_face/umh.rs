//! Helper programs, as `questions/umh.c` asks of them.

use crate::ask::*;

cases![exit_codes, killed, what_it_gets, refused, steps, killable];

const ENVP: [&str; 2] = ["PATH=/bin:/usr/bin", "WORD=from-the-module"];

fn shell(script: &str, wait: i32) -> i64 {
    int(call_usermodehelper("/bin/sh", &["/bin/sh", "-c", script], &ENVP, wait))
}

/// A call that does not wait, in its two steps: by the second's cleanup it is known that there is a
/// worker.
fn not_waited(argv: &[&str]) -> i64 {
    let over = Arc::new(Completion::new());
    let its = over.clone();
    let cleanup: UmhCleanup = Box::new(move |_: &SubprocessInfo| complete(&its));
    let info = call_usermodehelper_setup(argv[0], argv, &ENVP, None, Some(cleanup)).unwrap();
    let returned = int(call_usermodehelper_exec(info, UMH_NO_WAIT));
    wait_for_completion(&over);
    returned
}

fn exit_codes() {
    answer!(
        "proc true={} exit_1={:#x} exit_42={:#x} exit_255={:#x}",
        shell("exit 0", UMH_WAIT_PROC),
        shell("exit 1", UMH_WAIT_PROC),
        shell("exit 42", UMH_WAIT_PROC),
        shell("exit 255", UMH_WAIT_PROC)
    );
    answer!("exec exit_3={}", shell("exit 3", UMH_WAIT_EXEC));
    answer!("no_wait exit_3={}", not_waited(&["/bin/sh", "-c", "exit 3"]));
    settle();
}

/// Waits until the workers of the helpers have ended, which they do after their answers.
fn settle() {
    until(|| !Kernel::current().tasks().iter().any(|task| task.comm().starts_with("kworker/")));
}

fn killed() {
    answer!(
        "term={:#x} kill={:#x}",
        shell("kill -TERM $$", UMH_WAIT_PROC),
        shell("kill -KILL $$", UMH_WAIT_PROC)
    );
    settle();
}

fn what_it_gets() {
    let script = r#"test "$WORD" = from-the-module && test "$1" = 'two words' && test $# = 2"#;
    let argv = ["/bin/sh", "-c", script, "zero", "two words", "second"];
    let call = |envp: &[&str]| int(call_usermodehelper(argv[0], &argv, envp, UMH_WAIT_PROC));
    answer!("env_and_arguments={:#x}", call(&ENVP));
    answer!("no_env={:#x}", call(&[]));
    answer!("folder={:#x}", shell(r#"test "$(pwd)" = /"#, UMH_WAIT_PROC));
    answer!("stdin_at_end={:#x}", shell("! read line", UMH_WAIT_PROC));
    settle();
}

fn refused() {
    let call = |path: &str, wait| int(call_usermodehelper(path, &[path], &ENVP, wait));
    let missing = "/bin/there-is-none";
    answer!(
        "missing proc={} exec={} no_wait={}",
        call(missing, UMH_WAIT_PROC),
        call(missing, UMH_WAIT_EXEC),
        not_waited(&[missing])
    );
    answer!("folder proc={} exec={}", call("/bin", UMH_WAIT_PROC), call("/bin", UMH_WAIT_EXEC));
    answer!("empty proc={}", call("", UMH_WAIT_PROC));
    answer!("below_file proc={}", call("/bin/sh/none", UMH_WAIT_PROC));
    settle();
}

/// In steps, with functions before and after; what the call returned, and how often they were
/// called.
fn in_steps(path: &str, wait: i32, init_returns: Result<(), Errno>) -> (i64, i64, i64, bool) {
    let counts = Arc::new((AtomicI64::new(0), AtomicI64::new(0), Completion::new(), AtomicBool::new(false)));
    let (before, after) = (counts.clone(), counts.clone());
    let its_path = path.to_owned();
    let init: UmhInit = Box::new(move |info: &mut SubprocessInfo| {
        before.0.fetch_add(1, SeqCst);
        before.3.store(info.path() == its_path.as_str() && info.argv().eq(["sh", "-c", "exit 7"]), SeqCst);
        init_returns
    });
    let cleanup: UmhCleanup = Box::new(move |_: &SubprocessInfo| {
        after.1.fetch_add(1, SeqCst);
        complete(&after.2);
    });
    let argv = ["sh", "-c", "exit 7"];
    let info = call_usermodehelper_setup(path, &argv, &ENVP, Some(init), Some(cleanup)).unwrap();
    let returned = int(call_usermodehelper_exec(info, wait));
    wait_for_completion(&counts.2);
    settle();
    (returned, counts.0.load(SeqCst), counts.1.load(SeqCst), counts.3.load(SeqCst))
}

fn steps() {
    // The closures have what C passes as data. Whose call init gets is seen by its arguments.
    let (returned, inits, cleanups, same) = in_steps("/bin/sh", UMH_WAIT_PROC, Ok(()));
    answer!("proc={returned:#x} inits={inits} cleanups={cleanups} data=unseen same={}", int(same));
    let tells = |what: &str, path: &str, wait, init_returns| {
        let (returned, inits, cleanups, _) = in_steps(path, wait, init_returns);
        answer!("{what}={returned} inits={inits} cleanups={cleanups}");
    };
    tells("exec", "/bin/sh", UMH_WAIT_EXEC, Ok(()));
    tells("missing", "/bin/there-is-none", UMH_WAIT_PROC, Ok(()));
    const E2BIG: Errno = Errno::from_raw(7);
    tells("init_refuses", "/bin/sh", UMH_WAIT_PROC, Err(E2BIG));
    tells("empty", "", UMH_WAIT_PROC, Ok(()));
}

fn killable() {
    let begin = |state, flag| {
        Waiter::begin(Some(state), move || shell("sleep 3", UMH_WAIT_PROC | flag))
    };
    let waiter = begin(TASK_KILLABLE, UMH_KILLABLE);
    let _ = send_sig(SIGKILL, &waiter.task, 1);
    answer!("killable={}", waiter.returned());
    waiter.stop();
    let waiter = begin(TASK_UNINTERRUPTIBLE, 0);
    let _ = send_sig(SIGKILL, &waiter.task, 1);
    answer!("not_killable={}", waiter.returned());
    waiter.stop();
    settle();
}
