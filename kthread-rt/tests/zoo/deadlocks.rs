//! Circles of waits: told when the wait begins that closes one.
//!
//! The tasks of a circle are left in it; so are the locks, which are leaked.

use super::{right, wrong};
use kthread_rt::prelude::*;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};

/// The line that is to be told.
#[derive(Clone, Default)]
struct Line(Arc<AtomicU32>);

impl Line {
    /// It is the one that calls this.
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

/// Waits until `task` sleeps, in whatever it does next.
fn asleep(task: &Task) {
    assert!(wait_task_inactive(task, TASK_RUNNING));
}

/// A work that tells whose task runs it, and runs `body`.
fn work(tell: &Sender<Task>, mut body: impl FnMut() + Send + 'static) -> &'static Work {
    let tell = tell.clone();
    leaked(Work::new(move |_: &WorkStruct| {
        // A work that is not waited for may run when the program is over.
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

/// `a` has taken its first lock when `b` takes both, and waits for the second; then `a` goes on.
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
    // Who may be killed is told no less, but here the other gives up.
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
    // A stop wakes the other, which looks too: either may be the one that tells.
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
        let (mutex, go) = (leaked(RawMutex::new()), leaked(Completion::new()));
        let wants = run("wants", || {
            go.wait();
            kthread_parkme();
            mutex.lock();
            mutex.unlock();
        });
        let target = wants.clone();
        let parks = run("parks", move || {
            mutex.lock();
            assert_eq!(kthread_park(&target), Ok(()));
            mutex.unlock();
            kthread_unpark(&target);
        });
        asleep(&parks);
        go.complete();
        _ = kthread_stop(&parks);
        _ = kthread_stop(&wants);
    });
}

#[test]
fn a_flush_of_a_work_that_wants_the_mutex() {
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
fn a_work_that_flushes_its_own_queue_by_way_of_another() {
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
fn a_cancel_of_a_work_by_one_that_it_flushes() {
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
fn a_flush_of_what_is_queued_behind_it() {
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
fn a_completion_that_is_due_from_who_wants_the_mutex() {
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
        // What is not due from anybody anybody may complete.
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
