//! What safe code can try so that a borrow outlives its scope: each attack ends with everything
//! that borrowed gone before the frame that owns it.

#![cfg(not(any(loom, shuttle)))]

mod child;
mod witness;

use kthread_rt::kthread::{Scope, ScopedKthread, scope};
use kthread_rt::prelude::*;
use kthread_rt::trace::EventKind;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use witness::{Warnings, oopses_are_quiet, wait_until_asleep};

/// Counts its end in the memory that it borrows, late. On the heap, so that AddressSanitizer
/// reports one that comes after the scope's end.
struct Late<'a>(&'a Owned);

type Owned = Box<AtomicU32>;

fn owned() -> Owned {
    Box::new(AtomicU32::new(0))
}

impl Drop for Late<'_> {
    fn drop(&mut self) {
        msleep(1);
        self.0.fetch_add(1, SeqCst);
    }
}

/// A thread that borrows `gone` until it is asked to stop. Its handle is forgotten.
fn leave_one<'scope>(s: &'scope Scope<'scope, '_>, gone: &'scope Owned) {
    let late = Late(gone);
    let run = move || {
        let _late = late;
        while !kthread_should_stop() {
            schedule_timeout_interruptible(HZ);
        }
        0
    };
    mem::forget::<ScopedKthread<'_>>(s.run(run, "left").unwrap());
}

#[test]
fn scopes_within_threads_of_scopes_end_from_the_inside_out() {
    let outer = &owned();
    scope(|s| {
        let nested = |ends: fn() -> i32| {
            move || {
                let inner = owned();
                let ended = catch_unwind(AssertUnwindSafe(|| {
                    scope(|s| {
                        leave_one(s, &inner);
                        // The inner scope's threads may borrow what the outer scope's may.
                        let late = Late(outer);
                        s.create(move || mem::size_of_val(&late) as i32, "never-woken")
                            .map(mem::forget)
                            .unwrap();
                        ends()
                    })
                }));
                assert_eq!(inner.load(SeqCst), 1, "the inner thread has ended");
                ended.unwrap_or_else(|payload| std::panic::resume_unwind(payload))
            }
        };
        let joined = [
            s.run(nested(|| 4), "returns").unwrap().join(),
            s.run(nested(|| kthread_exit(5)), "exits").unwrap().join(),
            s.run(nested(|| std::panic::resume_unwind(Box::new("of the inner closure"))), "panics")
                .unwrap()
                .join(),
        ];
        assert_eq!(joined, [ExitStatus::Exited(4), ExitStatus::Exited(5), ExitStatus::Panicked]);
    });
    assert_eq!(outer.load(SeqCst), 3);
}

#[test]
fn a_scope_in_a_destructor_while_its_thread_panics_ends_its_threads() {
    struct Opens<'a>(&'a Owned);
    impl Drop for Opens<'_> {
        fn drop(&mut self) {
            assert!(std::thread::panicking());
            let own = owned();
            let inner = catch_unwind(AssertUnwindSafe(|| {
                scope(|s| {
                    leave_one(s, self.0);
                    leave_one(s, &own);
                    std::panic::resume_unwind(Box::new("of the closure"));
                })
            }));
            assert!(inner.is_err());
            assert_eq!(own.load(SeqCst), 1);
        }
    }
    let gone = owned();
    let outer = catch_unwind(AssertUnwindSafe(|| {
        scope(|s| {
            let _opens = Opens(&gone);
            leave_one(s, &gone);
            std::panic::resume_unwind(Box::new("of the outer closure"))
        })
    }));
    let payload = outer.unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"of the outer closure"));
    assert_eq!(gone.load(SeqCst), 2);
}

#[test]
fn a_panic_of_the_closure_and_one_of_a_thread_end_all_threads() {
    oopses_are_quiet();
    let (kernel, _warnings) = Warnings::of_new_kernel();
    let gone = owned();
    let panic = catch_unwind(AssertUnwindSafe(|| {
        kernel.scope(|s| {
            leave_one(s, &gone);
            let late = Late(&gone);
            let panics = move || -> i32 {
                let _late = late;
                std::panic::resume_unwind(Box::new("of the thread"))
            };
            mem::forget(s.run(panics, "panics").unwrap());
            std::panic::resume_unwind(Box::new("of the closure"))
        })
    }));
    let payload = panic.unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"of the closure"), "it is the first that counts");
    assert_eq!(gone.load(SeqCst), 2);
}

#[test]
fn a_function_whose_destructor_panics_or_exits_is_waited_for() {
    struct Ends<'a>(fn(), Late<'a>);
    impl Drop for Ends<'_> {
        fn drop(&mut self) {
            let Self(end, _late) = self;
            end();
        }
    }
    oopses_are_quiet();
    let ends: [fn(); 2] = [|| std::panic::resume_unwind(Box::new("of a destructor")), || kthread_exit(3)];
    for end in ends {
        let (kernel, _warnings) = Warnings::of_new_kernel();
        let gone = owned();
        let ended = catch_unwind(AssertUnwindSafe(|| {
            kernel.scope(|s| {
                let captured = |ends: Ends<'_>| usize::from(mem::size_of_val(&ends) == 0) as i32;
                let (never, runs) = (Ends(end, Late(&gone)), Ends(end, Late(&gone)));
                s.create(move || captured(never), "never-runs").map(mem::forget).unwrap();
                s.run(move || captured(runs), "runs").map(mem::forget).unwrap();
            })
        }));
        assert_eq!(gone.load(SeqCst), 2, "{ended:?}");
    }
}

#[test]
fn a_destructor_that_makes_threads_while_the_scope_ends_is_not_left_behind() {
    struct Spawns<'scope, 'env>(&'scope Scope<'scope, 'env>, &'scope Owned, u32);
    impl Drop for Spawns<'_, '_> {
        fn drop(&mut self) {
            let Self(s, gone, left) = *self;
            if left > 0 {
                let next = Spawns(s, gone, left - 1);
                let never = s.create(move || mem::size_of_val(&next) as i32, "spawned");
                mem::forget(never.expect("a thread is made"));
            }
            gone.fetch_add(1, SeqCst);
        }
    }
    let gone = owned();
    scope(|s| {
        let first = Spawns(s, &gone, 5);
        s.create(move || mem::size_of_val(&first) as i32, "first").map(mem::forget).unwrap();
    });
    assert_eq!(gone.load(SeqCst), 6);
}

#[test]
fn handlers_that_panic_exit_or_shut_down_do_not_end_the_scopes_wait() {
    oopses_are_quiet();
    let attacks: [fn(&Kernel); 3] = [
        |_| std::panic::resume_unwind(Box::new("of a handler")),
        |_| kthread_exit(3),
        |kernel| drop(kernel.shutdown()),
    ];
    for attack in attacks {
        let attacked = Arc::new(AtomicU32::new(0));
        let (send, receive) = mpsc::channel::<Kernel>();
        let receive = Mutex::new(receive);
        let count = attacked.clone();
        let kernel = Kernel::builder()
            .on_warning(|_| ())
            .on_event(move |event| {
                if let EventKind::StopAsked { .. } = event.kind
                    && let Ok(kernel) = receive.lock().unwrap_or_else(|e| e.into_inner()).try_recv()
                {
                    count.fetch_add(1, SeqCst);
                    attack(&kernel);
                }
            })
            .boot()
            .unwrap();
        send.send(kernel.clone()).unwrap();
        let gone = owned();
        kernel.scope(|s| leave_one(s, &gone));
        assert_eq!((gone.load(SeqCst), attacked.load(SeqCst)), (1, 1));
    }
}

#[test]
fn a_foreign_stop_that_waits_does_not_end_the_scopes_wait() {
    let (kernel, _warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let release = Box::new(Completion::new());
    let gone = owned();
    let main = current();
    std::thread::scope(|threads| {
        scope(|s| {
            let late = Late(&gone);
            let (release, gone) = (&release, &gone);
            let ignores_the_stop = move || {
                let _late = late;
                wait_for_completion(release);
                7
            };
            let thread = s.run(ignores_the_stop, "ignores").unwrap();
            let (task, kernel) = (thread.task().clone(), kernel.clone());
            mem::forget(thread);
            threads.spawn({
                let (task, kernel) = (task.clone(), kernel.clone());
                move || {
                    let _inside = kernel.enter();
                    assert_eq!(kthread_stop(&task), 7);
                }
            });
            let main = &main;
            threads.spawn(move || {
                let _inside = kernel.enter();
                // The scope's end sleeps, and nothing has been given up.
                wait_until_asleep(main, TASK_UNINTERRUPTIBLE);
                assert_eq!(gone.load(SeqCst), 0);
                complete(release);
            });
        });
        assert_eq!(gone.load(SeqCst), 1);
    });
}

#[test]
fn a_shutdown_inside_a_scope_does_not_free_what_never_ran() {
    let (kernel, _warnings) = Warnings::of_new_kernel();
    let gone = owned();
    kernel.scope(|s| {
        leave_one(s, &gone);
        let late = Late(&gone);
        s.create(move || mem::size_of_val(&late) as i32, "never-woken").map(mem::forget).unwrap();
        drop(kernel.shutdown());
    });
    assert_eq!(gone.load(SeqCst), 2);
}

#[test]
fn a_forked_child_aborts_at_the_end_of_a_scope_that_it_is_inside_of() {
    child::run("a_forked_child_aborts_at_the_end_of_a_scope_that_it_is_inside_of", || {
        let gone = owned();
        let mut pid = 0;
        scope(|s| {
            leave_one(s, &gone);
            let late = Late(&gone);
            s.create(move || mem::size_of_val(&late) as i32, "never-woken").map(mem::forget).unwrap();
            // SAFETY: the child returns into the scope's end, which aborts it.
            pid = unsafe { libc::fork() };
            if pid == 0 {
                // SAFETY: these calls concern the child's own end only.
                unsafe { libc::alarm(20) };
                return;
            }
            let mut status = 0;
            // SAFETY: `status` is valid for the call.
            assert_eq!(unsafe { libc::waitpid(pid, &mut status, 0) }, pid);
            assert!(libc::WIFSIGNALED(status) && libc::WTERMSIG(status) == libc::SIGABRT, "{status:#x}");
        });
        if pid == 0 {
            // SAFETY: ends the child, with what its parent does not expect.
            unsafe { libc::_exit(0) };
        }
        assert_eq!(gone.load(SeqCst), 2);
    });
}

#[test]
fn a_killed_creator_whose_function_kthreadd_still_has_waits_for_it() {
    static IS_QUEUED: AtomicU32 = AtomicU32::new(0);
    let (held, is_held) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let (held, released) = (Mutex::new(Some(held)), Mutex::new(released));
    let kernel = Kernel::builder()
        .spare_threads(0)
        .on_warning(|_| ())
        .on_event(move |event| {
            // kthreadd has the request, and answers it when this returns.
            if let EventKind::Forked { .. } = event.kind
                && IS_QUEUED.load(SeqCst) == 1
                && let Some(held) = held.lock().unwrap().take()
            {
                held.send(()).unwrap();
                released.lock().unwrap().recv().unwrap();
            }
        })
        .boot()
        .unwrap();
    let _inside = kernel.enter();
    let (gone, main) = (&owned(), &current());
    let (refused, is_refused) = mpsc::channel();
    let (kernel, is_over) = (&kernel, &AtomicU32::new(0));
    std::thread::scope(|threads| {
        threads.spawn(move || {
            let _inside = kernel.enter();
            is_held.recv().unwrap();
            send_sig(SIGKILL, main, 1).unwrap();
            assert_eq!(is_refused.recv().unwrap(), Some(Errno::EINTR));
            // The scope's end sleeps, for a function that has neither a task nor a handle.
            while !wait_task_inactive(main, TASK_UNINTERRUPTIBLE) && is_over.load(SeqCst) == 0 {
                std::thread::yield_now();
            }
            assert_eq!(gone.load(SeqCst), 0);
            release.send(()).unwrap();
        });
        scope(|s| {
            let late = Late(gone);
            IS_QUEUED.store(1, SeqCst);
            let created = s.create(move || mem::size_of_val(&late) as i32, "refused");
            refused.send(created.map(drop).err()).unwrap();
        });
        let at_the_end = gone.load(SeqCst);
        is_over.store(1, SeqCst);
        assert_eq!(at_the_end, 1);
    });
}
