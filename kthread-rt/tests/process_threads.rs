//! kthreads as the system sees them: which signals they take, their names, how many there are.
//!
//! Each test has a process of its own.

#![cfg(not(any(loom, shuttle)))]

mod child;
mod witness;

use kthread_rt::prelude::*;
use std::io;
use std::mem::zeroed;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering::SeqCst};
use std::thread;
use witness::{os_comm, os_status, running_kthread, wait_until_asleep};

fn ok(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn gettid() -> i32 {
    // SAFETY: no memory is involved.
    unsafe { libc::gettid() }
}

static CAUGHT: AtomicU32 = AtomicU32::new(0);
static CAUGHT_BY: AtomicI32 = AtomicI32::new(0);

extern "C" fn catch(_: i32) {
    CAUGHT.fetch_add(1, SeqCst);
    CAUGHT_BY.store(gettid(), SeqCst);
}

fn mask_own(how: i32, signals: &[i32]) {
    // SAFETY: the sets are valid for their calls.
    unsafe {
        let mut set: libc::sigset_t = zeroed();
        signals.iter().for_each(|&signal| ok(libc::sigaddset(&mut set, signal)).unwrap());
        ok(libc::pthread_sigmask(how, &set, std::ptr::null_mut())).unwrap();
    }
}

#[test]
fn signals_of_the_process_never_land_on_a_kthread() {
    const SIGNALS: [i32; 4] = [libc::SIGUSR1, libc::SIGTERM, libc::SIGINT, libc::SIGCHLD];
    let prepare = |command: &mut Command| {
        // SAFETY: system calls only. The main thread and the harness's have them blocked from the
        // start.
        unsafe {
            command.pre_exec(|| {
                mask_own(libc::SIG_BLOCK, &SIGNALS);
                Ok(())
            })
        };
    };
    child::run_prepared("signals_of_the_process_never_land_on_a_kthread", prepare, || {
        for signal in SIGNALS {
            // SAFETY: the handler is async-signal-safe: two stores and gettid.
            unsafe {
                let mut action: libc::sigaction = zeroed();
                action.sa_sigaction = catch as *const () as usize;
                ok(libc::sigaction(signal, &action, std::ptr::null_mut())).unwrap();
            }
        }
        // Unblocked here while the Kernel boots and creates, so that its threads don't inherit a
        // blocking mask.
        mask_own(libc::SIG_UNBLOCK, &SIGNALS);
        let tasks: Vec<_> = (0..4).map(|_| running_kthread("deaf", 0)).collect();
        mask_own(libc::SIG_BLOCK, &SIGNALS);
        for (number, signal) in SIGNALS.into_iter().enumerate() {
            // SAFETY: no memory is involved; the signal has a handler.
            ok(unsafe { libc::kill(libc::getpid(), signal) }).unwrap();
            // Every thread, the kthreads too, has it blocked: it is pending, and stays so while
            // they run.
            for task in &tasks {
                kthread_park(task).unwrap();
                kthread_unpark(task);
            }
            assert_eq!(CAUGHT.load(SeqCst), number as u32, "signal {signal} on thread {CAUGHT_BY:?}");
            let pending = u64::from_str_radix(&os_status(gettid(), "ShdPnd"), 16).unwrap();
            assert_eq!(pending, 1 << (signal - 1));
            // The first thread that unblocks it gets it, before the call returns.
            mask_own(libc::SIG_UNBLOCK, &[signal]);
            assert_eq!((CAUGHT.load(SeqCst), CAUGHT_BY.load(SeqCst)), (number as u32 + 1, gettid()));
            mask_own(libc::SIG_BLOCK, &[signal]);
        }
        for task in &tasks {
            assert!(!signal_pending(task));
            _ = kthread_stop(task);
        }
    });
}

#[test]
fn kthreads_block_all_but_what_their_own_instructions_raise() {
    child::run("kthreads_block_all_but_what_their_own_instructions_raise", || {
        use libc::{SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGKILL, SIGPROF, SIGSEGV, SIGSTOP, SIGSYS, SIGTRAP};
        let blocked_in = |tid| u64::from_str_radix(&os_status(tid, "SigBlk"), 16).unwrap();
        let own = blocked_in(gettid());
        let task = running_kthread("masked", 0);
        let open = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPROF];
        // Those that can't be blocked, and glibc's own two.
        let others = [SIGKILL, SIGSTOP, 32, 33];
        let expected =
            open.into_iter().chain(others).fold(u64::MAX, |set, signal| set & !(1 << (signal - 1)));
        assert_eq!(format!("{:016x}", blocked_in(task.os_tid())), format!("{expected:016x}"));
        // The C library blocks all while it starts a thread, so don't check in the middle of that.
        let kthreadd = kthreadd_task().unwrap();
        wait_until_asleep(&kthreadd, TASK_INTERRUPTIBLE);
        assert_eq!(blocked_in(kthreadd.os_tid()), expected);
        assert_eq!(blocked_in(gettid()), own);
        _ = kthread_stop(&task);
    });
}

// ---- names

#[test]
fn the_system_knows_the_threads_by_name() {
    child::run("the_system_knows_the_threads_by_name", || {
        let kthreadd = kthreadd_task().unwrap();
        assert_eq!(os_comm(kthreadd.os_tid()), "kthreadd");
        for name in ["short", "fifteen-chars-1", "sixteen-chars-12", "a name with spaces and %d", ""] {
            let task = running_kthread(name, 0);
            assert_eq!(os_comm(task.os_tid()), name[..name.len().min(15)]);
            assert_eq!(os_comm(task.os_tid()), task.comm());
            assert_eq!(get_kthread_comm(&task), name);
            _ = kthread_stop(&task);
        }
    });
}

#[test]
fn a_stack_overflow_names_the_thread() {
    let output = child::output_of(
        "a_stack_overflow_names_the_thread",
        |_| (),
        || {
            fn dive(depth: u64) -> u64 {
                let frame = std::hint::black_box([depth; 64]);
                if depth == u64::MAX { 0 } else { dive(depth + 1) + frame[7] }
            }
            let kernel = Kernel::builder().stack_size(128 * 1024).boot().unwrap();
            let _inside = kernel.enter();
            let task = kthread_create!(|()| dive(0) as i32, (), "deep-diver").unwrap();
            kthread_park(&task).unwrap();
            _ = kthread_stop(&task);
        },
    );
    if let Some(output) = output {
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            told.contains("'deep-diver'") && told.contains("overflowed its stack"),
            "{}",
            child::told(&output)
        );
        assert_eq!(output.status.signal(), Some(libc::SIGABRT));
    }
}

#[test]
fn each_kthread_is_one_os_thread_and_all_are_gone_after_the_shutdown() {
    child::run("each_kthread_is_one_os_thread_and_all_are_gone_after_the_shutdown", || {
        let os_threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
        // With `debug` there is a thread that looks for hung tasks.
        let kernel = Kernel::builder().spare_threads(0).debug(false).boot().unwrap();
        let _inside = kernel.enter();
        let before = os_threads();
        let done = Arc::new(Completion::new());
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let threadfn = |done: Arc<Completion>| {
                    complete(&done);
                    witness::sleep_until_stopped();
                    0
                };
                kthread_run(threadfn, done.clone(), "one-thread").unwrap()
            })
            .collect();
        tasks.iter().for_each(|_| wait_for_completion(&done));
        assert_eq!(os_threads(), before + 10);
        for task in &tasks {
            _ = kthread_stop(task);
        }
        assert_eq!(kernel.shutdown().joined, 10);
        while os_threads() != before - 1 {
            thread::yield_now();
        }
    });
}
