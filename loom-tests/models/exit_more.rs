//! Ends that are no return (`kthread/run.rs`, `exit.rs`, `stop.rs`): panics, all kinds of
//! completions, stops and parks that come too late or from the thread itself, killed requesters.

use crate::harness::{Bound, Model, actor, created, datum, in_kernel, prepared, started, warnings};
use kthread_rt::__private::model::loom;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::panic::resume_unwind;
use std::sync::Arc as StdArc;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "exit_by_panic",
        claim: "a stop that races with a panic returns EFAULT, after all destructors; what it panicked with may panic too",
        bound: Bound::Preemptions(2),
        outcomes: &["-14"],
        run: exit_by_panic,
    },
    Model {
        name: "exit_and_complete_once",
        claim: "the completion of kthread_complete_and_exit is completed once, whoever owns it",
        bound: Bound::Preemptions(1),
        outcomes: &["9 9 9"],
        run: exit_and_complete_once,
    },
    Model {
        name: "exit_and_complete_raw",
        claim: "nothing touches the completion of kthread_complete_and_exit after its waiter has been woken, who may free it",
        bound: Bound::Preemptions(2),
        outcomes: &["9"],
        run: exit_and_complete_raw,
    },
    Model {
        name: "exit_stops_itself",
        claim: "a thread that stops itself is asked to stop, and the call returns EDEADLK",
        bound: Bound::Preemptions(1),
        outcomes: &["-35"],
        run: exit_stops_itself,
    },
    Model {
        name: "exit_before_park",
        claim: "a park of a thread that has ended returns ENOSYS, whoever asks",
        bound: Bound::Preemptions(1),
        outcomes: &["ENOSYS"],
        run: exit_before_park,
    },
    Model {
        name: "exit_of_killed_requesters_child",
        claim: "a kernel_thread whose requester is killed runs its function, or drops it, once",
        bound: Bound::Preemptions(1),
        outcomes: &["EINTR", "ran"],
        run: exit_of_killed_requesters_child,
    },
];

/// What a thread panics with. Its destructor panics too.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        resume_unwind(Box::new("in a destructor"));
    }
}

fn exit_by_panic() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let go = Arc::new(Completion::new());
        let task = started({
            let go = go.clone();
            move |_| {
                let _data = data;
                wait_for_completion(&go);
                resume_unwind(Box::new(Bomb));
            }
        });
        complete(&go);
        let result = kthread_stop(&task);
        assert_eq!(drops.count(), 1, "a destructor of the thread's was not run");
        assert_eq!(task.stop(), Ok(ExitStatus::Panicked));
        assert_eq!(task.exit_code(), 11, "that of a SIGSEGV");
        assert_eq!(task.exit_state(), EXIT_DEAD);
        assert_eq!(warnings(), [WarningKind::Oops]);
        result.to_string()
    })
}

/// Lets a thread exit with `exit`, which completes `over`. Returns its result.
fn completes_once(exit: ExitCompletion, over: &Completion) -> i32 {
    let task = created(move |()| kthread_complete_and_exit(Some(exit), 9), ());
    wake_up_process(&task);
    wait_for_completion(over);
    let result = kthread_stop(&task);
    assert!(!try_wait_for_completion(over), "it was completed more than once");
    result
}

fn exit_and_complete_once() -> String {
    in_kernel(|| {
        let counted = StdArc::new(Completion::new());
        let first = completes_once(counted.clone().into(), &counted);
        let leaked: &'static Completion = Box::leak(Box::new(Completion::new()));
        let second = completes_once(leaked.into(), leaked);
        // SAFETY: it is freed below, after the thread's end.
        let raw = unsafe { ExitCompletion::from_raw(leaked) };
        let third = completes_once(raw, leaked);
        // SAFETY: leaked above, and the threads have ended.
        drop(unsafe { Box::from_raw(std::ptr::from_ref(leaked).cast_mut()) });
        format!("{first} {second} {third}")
    })
}

fn exit_and_complete_raw() -> String {
    in_kernel(|| {
        let over = Box::into_raw(Box::new(Completion::new()));
        // SAFETY: it is freed after its waiter has been woken.
        let exit = unsafe { ExitCompletion::from_raw(over) };
        let task = created(move |()| kthread_complete_and_exit(Some(exit), 9), ());
        wake_up_process(&task);
        // SAFETY: as above.
        unsafe {
            wait_for_completion(&*over);
            drop(Box::from_raw(over));
        }
        kthread_stop(&task).to_string()
    })
}

fn exit_stops_itself() -> String {
    in_kernel(|| {
        let task = created(
            |()| {
                let mine = kthread_stop(&current());
                assert!(kthread_should_stop());
                mine
            },
            (),
        );
        wake_up_process(&task);
        prepared(|| {
            while task.exit_state() != EXIT_DEAD {
                loom::thread::yield_now()
            }
        });
        assert_eq!(warnings(), [WarningKind::Deadlock]);
        kthread_stop(&task).to_string()
    })
}

fn exit_before_park() -> String {
    in_kernel(|| {
        let task = created(
            |()| {
                assert_eq!(kthread_park(&current()), Ok(()));
                assert_eq!(kthread_park(&current()), Err(Errno::EBUSY));
                0
            },
            (),
        );
        wake_up_process(&task);
        prepared(|| {
            while task.exit_state() != EXIT_DEAD {
                loom::thread::yield_now()
            }
        });
        assert_eq!(kthread_stop(&task), 0);
        assert_eq!(warnings(), [WarningKind::ParkTwice]);
        let errno = kthread_park(&task).expect_err("it has ended");
        assert_eq!(warnings(), [WarningKind::ParkExited]);
        kthread_unpark(&task);
        assert!(kthread_park(&current()).is_err(), "it is no kthread");
        kthread_unpark(&current());
        kthread_parkme();
        assert_eq!(warnings().len(), 3);
        format!("{errno:?}")
    })
}

fn exit_of_killed_requesters_child() -> String {
    let (data, drops) = datum();
    let outcome = in_kernel(|| {
        let ran = Arc::new(Completion::new());
        let killer = {
            let requester = current();
            actor(move || send_sig(SIGKILL, &requester, 1).expect("the requester is alive"))
        };
        let child = |(ran, data): (Arc<Completion>, _)| {
            drop(data);
            complete(&ran);
            0
        };
        let result = kernel_thread(child, (ran.clone(), data), CLONE_FS);
        killer.join();
        match result {
            Ok(pid) => {
                prepared(|| {
                    wait_for_completion(&ran);
                    if let Some(child) = find_task_by_pid(pid) {
                        _ = kthread_stop(&child);
                    }
                });
                "ran".to_owned()
            }
            Err(errno) => {
                assert!(!completion_done(&ran), "it ran, though its requester has no pid");
                format!("{errno:?}")
            }
        }
    });
    assert_eq!(drops.count(), 1, "the data was not dropped once");
    outcome
}
