//! Neighbours of the recorded stops: every sleeping state, `kthread_stop_put`, `kthread_exit`, an
//! oops, and stops that are mistakes.

use crate::handshake::*;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::channel;

#[test]
fn stop_of_a_thread_that_sleeps_in_each_state() {
    for state in [TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE, TASK_IDLE] {
        let task = run(
            move || {
                sleep_until_stopped(state);
                12
            },
            "sleeper",
        );
        assert_eq!(asleep(&task), state);
        assert_eq!(kthread_stop(&task), 12, "a stop ends a sleep in {state:?}");
    }
}

#[test]
fn stop_waits_for_a_thread_that_does_not_check() {
    let (busy, is_busy, let_go) = Busy::new();
    let task = run(
        move || {
            busy.wait();
            i32::from(kthread_should_stop())
        },
        "busy",
    );
    is_busy.recv().unwrap();
    let stopper = {
        let task = task.clone();
        run(move || kthread_stop(&task), "stopper")
    };
    assert_eq!(asleep(&stopper), TASK_UNINTERRUPTIBLE);
    assert_eq!(stopper.waits_on().map(|waits| waits.kind), Some(WaitKind::Stop));
    assert_eq!(task.exit_state(), EXIT_NONE);
    let_go.send(()).unwrap();
    assert_eq!(kthread_stop(&stopper), 1);
}

#[test]
fn stop_put_returns_the_result_and_drops_the_reference() {
    let kernel = WatchedKernel::boot();
    let data = Arc::new(());
    let task = kthread_create(|_data| 7, data.clone(), "put").unwrap();
    let (pid, second) = (task.pid(), get_task_struct(&task));
    assert_eq!(kthread_stop_put(task), -4);
    assert_eq!(find_task_by_pid(pid), None);
    assert_eq!(kthread_stop_put(second), -4, "the second reference was as good");
    kernel.shut_down();
}

#[test]
fn exit_unwinds_from_any_depth_and_its_code_is_an_int() {
    struct CountsDrops(Arc<AtomicU32>);
    impl Drop for CountsDrops {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
        }
    }
    fn deeper(levels: u32, drops: &Arc<AtomicU32>, code: i64) -> i32 {
        let _dropped_on_the_way = CountsDrops(drops.clone());
        if levels == 0 { kthread_exit(code) } else { deeper(levels - 1, drops, code) }
    }
    for (code, stop_ret) in [(6, 6), (-22, -22), (0, 0), (4_294_967_301, 5), (i64::MIN, 0)] {
        let drops = Arc::new(AtomicU32::new(0));
        let counter = drops.clone();
        let task = run(move || deeper(3, &counter, code), "exits");
        await_end(&task);
        assert_eq!(kthread_stop(&task), stop_ret, "code={code}");
        assert_eq!(drops.load(SeqCst), 4);
    }
}

#[test]
fn stop_of_a_thread_that_panicked_returns_efault() {
    let kernel = WatchedKernel::boot();
    // As `panic!`, without the panic hook.
    let task = run(|| std::panic::resume_unwind(Box::new("out of cheese")), "oopses");
    await_end(&task);
    assert_eq!(kthread_stop(&task), -14);
    assert_eq!(task.stop(), Ok(ExitStatus::Panicked));
    assert_eq!((task.exit_state(), task.exit_code()), (EXIT_DEAD, 11));
    kernel.oopsed(&task, "out of cheese");

    let next = run(|| 3, "goes-on");
    await_end(&next);
    assert_eq!(kthread_stop(&next), 3, "everybody else goes on");
    kernel.shut_down();
}

#[test]
fn stop_of_oneself_is_refused_but_requested() {
    let kernel = WatchedKernel::boot();
    let (sender, receiver) = channel();
    let task = run(
        move || {
            let ret = kthread_stop(&current());
            sender.send((ret, kthread_should_stop())).unwrap();
            8
        },
        "suicidal",
    );
    assert_eq!(receiver.recv(), Ok((-35, true)));
    await_end(&task);
    kernel.warned(&task, WarningKind::Deadlock, "kthread_stop", "own end");
    assert_eq!(kthread_stop(&task), 8);
    kernel.shut_down();
}

#[test]
fn stop_of_a_task_that_is_not_a_kthread_is_refused() {
    let kernel = WatchedKernel::boot();
    let me = current();
    let ret =
        kernel.warns(WarningKind::NotAKthread, "kthread_stop", &me.id().to_string(), || kthread_stop(&me));
    assert_eq!(ret, -22);
    assert!(!kthread_should_stop());
    assert!(!signal_pending(&me));
    kernel.shut_down();
}

#[test]
fn should_stop_is_false_for_a_foreign_thread() {
    assert!(!kthread_should_stop());
    assert!(!kthread_should_park());
    assert!(!kthread_should_stop_or_park());
    std::thread::spawn(|| assert!(!kthread_should_stop_or_park())).join().unwrap();
}

#[test]
fn should_stop_or_park_is_true_for_either() {
    let (sender, receiver) = channel();
    let task = run(
        move || {
            let look = || (kthread_should_stop(), kthread_should_park(), kthread_should_stop_or_park());
            loop {
                set_current_state(TASK_IDLE);
                sender.send(look()).unwrap();
                if kthread_should_stop() {
                    break;
                }
                schedule();
                if kthread_should_park() {
                    sender.send(look()).unwrap();
                    kthread_parkme();
                }
            }
            set_current_state(TASK_RUNNING);
            0
        },
        "looks",
    );
    assert_eq!(receiver.recv(), Ok((false, false, false)));
    assert_eq!(asleep(&task), TASK_IDLE);
    assert_eq!(kthread_park(&task), Ok(()));
    assert_eq!(receiver.recv(), Ok((false, true, true)));
    kthread_unpark(&task);
    assert_eq!(receiver.recv(), Ok((false, false, false)));
    assert_eq!(asleep(&task), TASK_IDLE);
    assert_eq!(kthread_stop(&task), 0);
    assert_eq!(receiver.recv(), Ok((true, false, true)));
}
