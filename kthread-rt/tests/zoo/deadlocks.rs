//! Circular waits: reported when the wait that closes the circle begins.
//!
//! The tasks of a circle stay in it, so the locks are leaked.

use super::witness::Noted;
use super::{right, wrong};
use kthread_rt::diag::{Warning, WarningKind};
use kthread_rt::prelude::*;
use kthread_rt::{WaitQueueEntry, WaitQueueFunc, raw_wait};
use std::ffi::{c_int, c_void};
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex};

/// The line that must be reported.
#[derive(Clone, Default)]
struct Line(Arc<AtomicU32>);

impl Line {
    /// The line of the caller.
    #[track_caller]
    fn here<R>(&self, call: impl FnOnce() -> R) -> R {
        self.0.store(Location::caller().line(), SeqCst);
        call()
    }

    fn get(&self) -> u32 {
        self.0.load(SeqCst)
    }
}

fn leaked<T>(what: T) -> &'static T {
    Box::leak(Box::new(what))
}

/// A thread that has begun: a stop waits for the end of its function.
fn run(name: &str, body: impl FnOnce() + Send + 'static) -> Task {
    let begun = Arc::new(Completion::new());
    let told = begun.clone();
    let body = move |()| {
        told.complete();
        body();
        0
    };
    let task = kthread_run!(body, (), "{name}").expect("a thread");
    begun.wait();
    task
}

/// Waits until `task` sleeps, in its next call.
fn asleep(task: &Task) {
    assert!(wait_task_inactive(task, TASK_RUNNING));
}

/// A work item that reports whose task runs it, and runs `body`.
fn work(tell: &Sender<Task>, mut body: impl FnMut() + Send + 'static) -> &'static Work {
    let tell = tell.clone();
    leaked(Work::new(move |_: &WorkStruct| {
        // An item that no task waits for may run after the program has ended.
        _ = tell.send(current());
        body();
    }))
}

fn runner(told: &Receiver<Task>) -> Task {
    kthread_rt::blocking(|| told.recv()).expect("the work runs")
}

fn queue(name: &str) -> &'static Workqueue {
    leaked(alloc_workqueue!("{name}", WQ_UNBOUND, 0).expect("a workqueue"))
}

/// `a` has taken its first lock when `b` takes both, and waits for the second; then `a` continues.
fn abba(
    first: impl FnOnce() + Send + 'static,
    second: impl FnOnce() + Send + 'static,
    others: impl FnOnce() + Send + 'static,
) {
    let go = leaked(Completion::new());
    let a = run("a", move || {
        first();
        go.wait();
        second();
    });
    asleep(&a);
    let b = run("b", others);
    asleep(&b);
    go.complete();
    asleep(&a);
}

#[test]
fn two_mutexes_in_both_orders() {
    wrong("deadlock: 2 tasks wait in a circle", |_| {
        let (one, two, line) = (leaked(RawMutex::new()), leaked(RawMutex::new()), Line::default());
        let told = line.clone();
        abba(
            || one.lock(),
            move || told.here(|| two.lock()),
            || {
                two.lock();
                one.lock();
            },
        );
        line.get()
    });
    right(|_| {
        let (one, two) = (leaked(RawMutex::new()), leaked(RawMutex::new()));
        abba(
            || one.lock(),
            || {
                two.lock();
                two.unlock();
                one.unlock();
            },
            || {
                one.lock();
                two.lock();
                two.unlock();
                one.unlock();
            },
        );
    });
}

#[test]
fn a_mutex_and_an_rwsem() {
    wrong("for rw_semaphore", |_| {
        let (one, two, line) = (leaked(RawMutex::new()), leaked(RawRwSemaphore::new()), Line::default());
        let told = line.clone();
        abba(
            || one.lock(),
            move || told.here(|| two.write()),
            || {
                two.write();
                one.lock();
            },
        );
        line.get()
    });
    // A killable wait is reported too, but here the other task gives up.
    right(|_| {
        let (one, two) = (leaked(RawMutex::new()), leaked(Semaphore::new(0)));
        abba(
            || one.lock(),
            || {
                assert!(two.down_timeout(1).is_err());
                one.unlock();
            },
            || {
                one.lock();
                one.unlock();
            },
        );
    });
}

#[test]
fn a_mutex_and_an_rt_mutex() {
    wrong("for rt_mutex", |_| {
        let (one, two, line) = (leaked(RawMutex::new()), leaked(RawRtMutex::new()), Line::default());
        let told = line.clone();
        abba(
            || one.lock(),
            move || told.here(|| two.lock()),
            || {
                two.lock();
                one.lock();
            },
        );
        line.get()
    });
    right(|_| {
        let (one, two) = (leaked(RawMutex::new()), leaked(RawRtMutex::new()));
        abba(
            || one.lock(),
            || {
                two.lock();
                two.unlock();
                one.unlock();
            },
            || {
                two.lock();
                two.unlock();
                one.lock();
                one.unlock();
            },
        );
    });
}

#[test]
fn three_mutexes_in_a_ring() {
    fn ring(last_goes_round: bool) -> u32 {
        let locks: [&'static RawMutex; 3] = [(); 3].map(|()| leaked(RawMutex::new()));
        let (go, line) = (leaked(Completion::new()), Line::default());
        let told = line.clone();
        let last = run("last", move || {
            locks[2].lock();
            go.wait();
            if last_goes_round {
                told.here(|| locks[0].lock());
            }
            locks[2].unlock();
        });
        asleep(&last);
        let middle = run("middle", move || {
            locks[1].lock();
            locks[2].lock();
            locks[2].unlock();
            locks[1].unlock();
        });
        asleep(&middle);
        let first = run("first", move || {
            locks[0].lock();
            locks[1].lock();
            locks[1].unlock();
            locks[0].unlock();
        });
        asleep(&first);
        go.complete();
        [last, middle, first].iter().for_each(asleep);
        line.get()
    }
    wrong("deadlock: 3 tasks wait in a circle", |_| ring(true));
    right(|_| _ = ring(false));
}

#[test]
fn a_stop_with_a_mutex_that_the_thread_wants() {
    wrong("deadlock: 2 tasks wait in a circle", |_| {
        let (mutex, line) = (leaked(RawMutex::new()), Line::default());
        let (told, go) = (line.clone(), leaked(Completion::new()));
        let wants = run("wants", move || {
            go.wait();
            told.here(|| mutex.lock());
            mutex.unlock();
        });
        let target = wants.clone();
        let stops = run("stops", move || {
            mutex.lock();
            _ = kthread_stop(&target);
        });
        asleep(&stops);
        go.complete();
        asleep(&wants);
        line.get()
    });
    // The stop ends the wait for the mutex, which admits signals.
    right(|_| {
        let mutex = leaked(RawMutex::new());
        mutex.lock();
        let wants = run("wants", || assert_eq!(mutex.lock_interruptible(), Err(Errno::EINTR)));
        asleep(&wants);
        _ = kthread_stop(&wants);
        mutex.unlock();
    });
}

#[test]
fn two_threads_that_stop_each_other() {
    // A stop wakes the other, which checks too: either may report.
    fn stop(line: &Line, task: &Task) {
        line.here(|| kthread_stop(task));
    }
    wrong("in kthread_stop()", |_| {
        let (go, line) = (leaked(Completion::new()), Line::default());
        let (told, other) = (line.clone(), leaked(std::sync::OnceLock::<Task>::new()));
        let a = run("a", move || {
            go.wait();
            stop(&told, other.get().expect("it is there"));
        });
        let (told, target) = (line.clone(), a.clone());
        let b = run("b", move || stop(&told, &target));
        asleep(&b);
        other.set(b).expect("once");
        go.complete();
        asleep(&a);
        asleep(other.get().expect("it is there"));
        line.get()
    });
    right(|_| {
        let go = leaked(Completion::new());
        let a = run("a", || go.wait());
        let target = a.clone();
        let b = run("b", move || _ = kthread_stop(&target));
        asleep(&b);
        go.complete();
        _ = kthread_stop(&b);
    });
}

#[test]
fn a_park_with_a_mutex_that_the_thread_wants() {
    wrong("for mutex", |_| {
        let (mutex, go, line) = (leaked(RawMutex::new()), leaked(Completion::new()), Line::default());
        let told = line.clone();
        let wants = run("wants", move || {
            go.wait();
            told.here(|| mutex.lock());
        });
        let target = wants.clone();
        let parks = run("parks", move || {
            mutex.lock();
            _ = kthread_park(&target);
        });
        asleep(&parks);
        go.complete();
        asleep(&wants);
        line.get()
    });
    right(|_| {
        let mutex = leaked(RawMutex::new());
        let wants = run("wants", || {
            // A thread that is not asked to park does not wait in `kthread_parkme`.
            loop {
                set_current_state(TASK_INTERRUPTIBLE);
                if kthread_should_park() {
                    break;
                }
                schedule();
            }
            set_current_state(TASK_RUNNING);
            kthread_parkme();
            mutex.lock();
            mutex.unlock();
        });
        mutex.lock();
        assert_eq!(kthread_park(&wants), Ok(()));
        mutex.unlock();
        kthread_unpark(&wants);
        _ = kthread_stop(&wants);
    });
}

#[test]
fn a_flush_of_a_work_item_that_wants_the_mutex() {
    fn flush(holds: bool) -> u32 {
        let (tell, told_tasks) = channel();
        let (mutex, go, line) = (leaked(RawMutex::new()), leaked(Completion::new()), Line::default());
        let told = line.clone();
        let work = work(&tell, move || {
            go.wait();
            told.here(|| mutex.lock());
            mutex.unlock();
        });
        queue_work(queue("flushed"), work);
        let worker = runner(&told_tasks);
        let flushes = run("flushes", move || {
            if holds {
                mutex.lock();
            }
            flush_work(work);
        });
        asleep(&flushes);
        go.complete();
        asleep(&worker);
        line.get()
    }
    wrong("for the work", |_| flush(true));
    right(|_| _ = flush(false));
}

#[test]
fn a_work_item_that_flushes_its_own_queue_by_way_of_another() {
    fn hops(back: bool) -> u32 {
        let (tell, tasks) = channel();
        let (one, two) = (queue("one"), queue("two"));
        let (go, line) = (leaked(Completion::new()), Line::default());
        let told = line.clone();
        let second = work(&tell, move || {
            go.wait();
            if back {
                told.here(|| flush_workqueue(one));
            }
        });
        let first = work(&tell, move || flush_workqueue(two));
        queue_work(two, second);
        let second = runner(&tasks);
        queue_work(one, first);
        asleep(&runner(&tasks));
        go.complete();
        asleep(&second);
        line.get()
    }
    wrong("for all works of workqueue \"one\"", |_| hops(true));
    right(|_| _ = hops(false));
}

#[test]
fn a_cancel_of_a_work_item_by_one_that_it_flushes() {
    fn cancel(sync: bool) -> u32 {
        let (tell, tasks) = channel();
        let (go, line) = (leaked(Completion::new()), Line::default());
        let (told, first) = (line.clone(), leaked(std::sync::OnceLock::<&'static Work>::new()));
        let second = work(&tell, move || {
            go.wait();
            let first = first.get().expect("it is there");
            if sync {
                told.here(|| cancel_work_sync(first));
            } else {
                cancel_work(first);
            }
        });
        queue_work(queue("second"), second);
        let canceller = runner(&tasks);
        let _ = first.set(work(&tell, move || _ = flush_work(second)));
        queue_work(queue("first"), first.get().expect("it is there"));
        asleep(&runner(&tasks));
        go.complete();
        asleep(&canceller);
        line.get()
    }
    wrong("in cancel_work_sync()", |_| cancel(true));
    right(|_| _ = cancel(false));
}

#[test]
fn a_flush_of_an_item_that_is_queued_behind_it() {
    fn behind(max_active: u32) -> u32 {
        let (tell, tasks) = channel();
        let line = Line::default();
        let queue = leaked(alloc_workqueue!("behind", WQ_UNBOUND, max_active).expect("a workqueue"));
        let inner = work(&tell, || ());
        let told = line.clone();
        let outer = work(&tell, move || {
            queue_work(queue, inner);
            told.here(|| flush_work(inner));
        });
        queue_work(queue, outer);
        asleep(&runner(&tasks));
        line.get()
    }
    wrong("the task waits for what only it can do itself", |_| behind(1));
    right(|_| _ = behind(2));
}

#[test]
fn two_kthread_workers_that_flush_each_other() {
    fn workers(both: bool) -> u32 {
        let (tell, tasks) = channel();
        let (go, line) = (leaked(Completion::new()), Line::default());
        let one = leaked(kthread_create_worker!(0, "one").expect("a worker"));
        let two = leaked(kthread_create_worker!(0, "two").expect("a worker"));
        let (told, tell_two) = (line.clone(), tell.clone());
        let in_two = leaked(Job::new(move |_: &KthreadWork| {
            tell_two.send(current()).expect("somebody listens");
            go.wait();
            if both {
                told.here(|| kthread_flush_worker(one));
            }
        }));
        let in_one = leaked(Job::new(move |_: &KthreadWork| {
            tell.send(current()).expect("somebody listens");
            kthread_flush_worker(two);
        }));
        kthread_queue_work(two, in_two);
        let second = runner(&tasks);
        kthread_queue_work(one, in_one);
        asleep(&runner(&tasks));
        go.complete();
        asleep(&second);
        line.get()
    }
    wrong("in kthread_flush_worker()", |_| workers(true));
    right(|_| _ = workers(false));
}

#[test]
fn a_completion_that_is_due_from_the_task_that_wants_the_mutex() {
    fn completion(due: bool) -> u32 {
        let (mutex, done, line) = (leaked(RawMutex::new()), leaked(Completion::new()), Line::default());
        let (told, go) = (line.clone(), leaked(Completion::new()));
        let completes = run("completes", move || {
            go.wait();
            told.here(|| mutex.lock());
            mutex.unlock();
            done.complete();
        });
        if due {
            std::mem::forget(done.is_due_from(&completes));
        }
        let waits = run("waits", || {
            mutex.lock();
            done.wait();
            mutex.unlock();
        });
        asleep(&waits);
        go.complete();
        asleep(&completes);
        // Any task may complete a completion without a declared completer.
        if !due {
            done.complete();
        }
        line.get()
    }
    wrong("for mutex", |_| completion(true));
    right(|_| _ = completion(false));
}

#[test]
fn a_killable_wait_in_a_circle() {
    wrong("in mutex_lock_killable()", |_| {
        let (one, two, line) = (leaked(RawMutex::new()), leaked(RawMutex::new()), Line::default());
        let told = line.clone();
        abba(
            || one.lock(),
            move || _ = told.here(|| two.lock_killable()),
            || {
                two.lock();
                one.lock();
            },
        );
        line.get()
    });
    right(|_| {
        let (one, two) = (leaked(RawMutex::new()), leaked(RawMutex::new()));
        abba(
            || one.lock(),
            || {
                assert!(!two.try_lock());
                one.unlock();
            },
            || {
                two.lock();
                one.lock();
                one.unlock();
                two.unlock();
            },
        );
    });
}

/// What a thread does with the locks: one half of its work.
type Half<const N: usize> = fn(&'static [Lock; N]);

/// Runs two threads, `a` and `b`: each does its first half, waits until the other has done its own,
/// and does its second half. Returns the warnings until the first [`WarningKind::Deadlock`], if one
/// is `expected`, or until both threads are done.
fn crossed<const N: usize>(expected: bool, halves: [[Half<N>; 2]; 2], locks: [Lock; N]) -> Vec<Noted> {
    let (tell, told) = channel();
    let tell = Mutex::new(tell);
    let handler = move |warning: &Warning<'_>| _ = tell.lock().unwrap().send(Some(Noted::from(warning)));
    let kernel = Kernel::builder().debug(true).on_warning(handler).boot().unwrap();
    let _inside = kernel.enter();
    let (locks, both, done) = (leaked(locks), Arc::new(Barrier::new(2)), Arc::new(Barrier::new(3)));
    for (name, [first, second]) in ["a", "b"].into_iter().zip(halves) {
        let (both, done) = (both.clone(), done.clone());
        run(name, move || {
            first(locks);
            // A barrier of std, which the runtime does not see: the thread may hold a spinlock.
            both.wait();
            second(locks);
            done.wait();
        });
    }
    if !expected {
        done.wait();
        kernel.shutdown();
        return told.try_iter().flatten().collect();
    }
    let mut warnings = Vec::new();
    loop {
        let warning: Option<Noted> = kthread_rt::blocking(|| told.recv()).unwrap();
        warnings.extend(warning);
        if warnings.last().is_some_and(|last| last.kind == WarningKind::Deadlock) {
            kernel.shutdown();
            warnings.extend(told.try_iter().flatten());
            return warnings;
        }
    }
}

/// A lock in memory that no init call named, so its order is not checked.
enum Lock {
    Spin(RawSpinLock),
    Rw(RawRwLock),
    Mutex(RawMutex),
}

impl Lock {
    #[track_caller]
    fn take(&self) {
        match self {
            Self::Spin(lock) => spin_lock(lock),
            Self::Rw(lock) => write_lock(lock),
            Self::Mutex(lock) => lock.lock(),
        }
    }

    fn read(&self) {
        let Self::Rw(lock) = self else { unreachable!() };
        read_lock(lock);
    }

    /// Releases the lock, which the caller holds.
    fn give(&self) {
        // SAFETY: the tests release locks that they took.
        unsafe {
            match self {
                Self::Spin(lock) => spin_unlock(lock),
                Self::Rw(lock) => write_unlock(lock),
                Self::Mutex(lock) => lock.unlock(),
            }
        }
    }
}

fn spin() -> Lock {
    Lock::Spin(RawSpinLock::new())
}

/// Asserts that one deadlock of two tasks was reported, and warnings of these other kinds.
#[track_caller]
fn assert_circle(warnings: &[Noted], says: &[&str], others: &[WarningKind]) {
    let (deadlocks, rest): (Vec<_>, Vec<_>) =
        warnings.iter().partition(|warning| warning.kind == WarningKind::Deadlock);
    let [deadlock] = deadlocks.as_slice() else { panic!("one deadlock: {warnings:#?}") };
    assert!(deadlock.message.starts_with("deadlock: 2 tasks wait in a circle"), "{deadlock:#?}");
    assert_eq!(deadlock.file, file!());
    for part in says {
        assert!(deadlock.message.contains(part), "no {part:?} in {deadlock:#?}");
    }
    assert_eq!(rest.iter().map(|warning| warning.kind).collect::<Vec<_>>(), others, "{rest:#?}");
}

#[test]
fn two_spinlocks_in_both_orders() {
    let warnings = crossed(
        true,
        [[|l| l[0].take(), |l| l[1].take()], [|l| l[1].take(), |l| l[0].take()]],
        [spin(), spin()],
    );
    let says = ["\"a\"", "\"b\"", "waits in spin_lock() at ", "for spinlock", "holds since "];
    assert_circle(&warnings, &says, &[]);

    let in_order: Half<2> = |l| {
        l[0].take();
        l[1].take();
        l[1].give();
        l[0].give();
    };
    let none = crossed(false, [[|_| (), in_order], [|_| (), in_order]], [spin(), spin()]);
    assert!(none.is_empty(), "{none:#?}");
}

#[test]
fn a_spinlock_and_a_rwlock() {
    let locks = || [spin(), Lock::Rw(RawRwLock::new())];
    let writer =
        crossed(true, [[|l| l[0].take(), |l| l[1].take()], [|l| l[1].take(), |l| l[0].take()]], locks());
    assert_circle(&writer, &["in write_lock() at ", "for rwlock", "in spin_lock() at "], &[]);
    let reader =
        crossed(true, [[|l| l[0].take(), |l| l[1].read()], [|l| l[1].take(), |l| l[0].take()]], locks());
    assert_circle(&reader, &["in read_lock() at ", "in spin_lock() at "], &[]);
    let readers =
        crossed(true, [[|l| l[0].take(), |l| l[1].take()], [|l| l[1].read(), |l| l[0].take()]], locks());
    assert_circle(&readers, &["in write_lock() at ", "holds for reading since "], &[]);
}

#[test]
fn a_mutex_whose_holder_spins_for_a_lock_of_one_that_sleeps_for_the_mutex() {
    let warnings = crossed(
        true,
        [[|l| l[0].take(), |l| l[1].take()], [|l| l[1].take(), |l| l[0].take()]],
        [Lock::Mutex(RawMutex::new()), spin()],
    );
    let says = ["in mutex_lock() at ", "for mutex", "in spin_lock() at ", "for spinlock"];
    // Waiting for the mutex with the spinlock held is wrong already.
    assert_circle(&warnings, &says, &[WarningKind::SleepingWhileAtomic]);
}

#[test]
fn a_spinlock_that_is_held_for_long_is_no_deadlock() {
    // `b` spins until `a` releases the lock, which `a` does when `b` has its first lock.
    let none = crossed(
        false,
        [
            [
                |l| l[0].take(),
                |l| {
                    let Lock::Spin(lock) = &l[1] else { unreachable!() };
                    while !spin_is_locked(lock) {
                        std::hint::spin_loop();
                    }
                    l[0].give();
                },
            ],
            [
                |_| (),
                |l| {
                    l[1].take();
                    l[0].take();
                    l[0].give();
                    l[1].give();
                },
            ],
        ],
        [spin(), spin()],
    );
    assert!(none.is_empty(), "{none:#?}");
}

/// A wake function that takes its queue's lock, for which it waits for ever.
unsafe extern "C" fn locks_its_queue(_: *mut WaitQueueEntry, _: u32, _: c_int, key: *mut c_void) -> c_int {
    // SAFETY: the key is the queue, by the test's own wake-up.
    let queue = unsafe { &*key.cast::<WaitQueueHead>() };
    assert!(waitqueue_active(queue), "waitqueue_active takes no lock here");
    spin_lock(queue.lock());
    0
}

/// A wake function that wakes its own queue.
unsafe extern "C" fn wakes_its_queue(_: *mut WaitQueueEntry, _: u32, _: c_int, key: *mut c_void) -> c_int {
    // SAFETY: as above.
    wake_up(unsafe { &*key.cast::<WaitQueueHead>() }) as c_int
}

#[test]
fn a_wake_function_that_takes_the_lock_of_its_queue() {
    for debug in [true, false] {
        for (function, call) in
            [(locks_its_queue as WaitQueueFunc, "spin_lock"), (wakes_its_queue, "wake_up")]
        {
            let (tell, told) = channel();
            let tell = Mutex::new(tell);
            let handler = move |warning: &Warning<'_>| _ = tell.lock().unwrap().send(Noted::from(warning));
            let kernel = Kernel::builder().debug(debug).on_warning(handler).boot().unwrap();
            let inside = kernel.enter();
            let queue: &'static WaitQueueHead = leaked(WaitQueueHead::new());
            let entry = Box::into_raw(Box::new(WaitQueueEntry::new(function, std::ptr::null_mut())));
            // SAFETY: the queue and the entry are leaked, so neither moves.
            unsafe { raw_wait::add_wait_queue(queue, entry) };
            run("waker", || {
                let key = std::ptr::from_ref(queue).cast_mut().cast();
                // SAFETY: the key is the queue, as the wake functions expect.
                unsafe { raw_wait::__wake_up(queue, TASK_NORMAL, 1, key) };
            });
            let warning = kthread_rt::blocking(|| told.recv()).unwrap();
            let (kind, comm, file) = (warning.kind, warning.comm.as_str(), warning.file);
            assert_eq!((kind, comm, file), (WarningKind::Deadlock, "waker", file!()), "{warning:#?}");
            assert_eq!(warning.call, call);
            assert!(warning.message.contains("a wake function is called with the lock of its queue held"));
            kernel.shutdown();
            drop(inside);
            assert_eq!(told.try_iter().count(), 0);
        }
    }
}
