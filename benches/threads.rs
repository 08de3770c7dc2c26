//! Kinds of threads that do the same things: kthreads, plain threads, threads of the C shim.

use crate::shim::{ShimCompletion, ShimCurrent, ShimTask};
use crate::sleeper::{Schedule, Sleeper as _};
use crate::{std_thread, time_of};
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The result of a thread function that has done its work.
pub const DONE: i32 = 7;

/// A kind of threads, for one creating thread.
pub trait Threads {
    /// A thread of this kind.
    type Thread;

    /// A thread that sleeps until it is asked to stop.
    type Stoppable;

    /// Makes a thread.
    fn create(&self, threadfn: impl FnOnce() -> i32 + Send + 'static) -> Self::Thread;

    /// Lets it begin. For a kind that begins by itself, this wakes it if it sleeps.
    fn wake(&self, thread: &Self::Thread);

    /// Waits for the end of the function, then of the thread; returns the function's result.
    fn end(&self, thread: Self::Thread) -> i32;

    /// Starts a thread that sleeps until it is asked to stop, and returns when its function runs.
    fn start_stoppable(&self) -> Self::Stoppable;

    /// Asks it to stop, and waits until it has ended; returns the function's result.
    fn stop(&self, thread: Self::Stoppable) -> i32;

    /// Measures in a thread of this kind.
    ///
    /// # Panics
    ///
    /// If the thread does not run to its end.
    fn time_inside(&self, measure: impl FnOnce() -> Duration + Send + 'static) -> Duration {
        let (sender, receiver) = mpsc::sync_channel(1);
        let thread = self.create(move || sender.send(measure()).map_or(0, |()| DONE));
        self.wake(&thread);
        let time = receiver.recv().expect("the thread sends it");
        assert_eq!(self.end(thread), DONE);
        time
    }

    /// The time of `f`, done this many times in a thread of this kind.
    fn repeat(&self, times: u64, f: impl FnMut() + Send + 'static) -> Duration {
        self.time_inside(move || time_of(times, f))
    }
}

/// kthreads of a Kernel that the creating thread has entered.
#[derive(Debug)]
pub struct Kthreads(#[expect(dead_code, reason = "what counts is when it goes")] Entered);

impl Kthreads {
    /// Enters the Kernel.
    pub fn inside(kernel: &Kernel) -> Self {
        Self(kernel.enter())
    }
}

impl Threads for Kthreads {
    /// A completion marks the end of the function: a stop that came before its beginning would keep
    /// it from running.
    type Thread = (Task, Arc<Completion>);
    type Stoppable = Task;

    fn create(&self, threadfn: impl FnOnce() -> i32 + Send + 'static) -> Self::Thread {
        let over = Arc::new(Completion::new());
        let threadfn = |over: Arc<Completion>| {
            let result = threadfn();
            complete(&over);
            result
        };
        (kthread_create(threadfn, over.clone(), "bench").expect("kthreadd makes it"), over)
    }

    fn wake(&self, (task, _): &Self::Thread) {
        wake_up_process(task);
    }

    fn end(&self, (task, over): Self::Thread) -> i32 {
        wait_for_completion(&over);
        kthread_stop(&task)
    }

    fn start_stoppable(&self) -> Task {
        let runs = Arc::new(Completion::new());
        let threadfn = |runs: Arc<Completion>| {
            complete(&runs);
            drop(runs);
            Schedule::here().sleep_until(kthread_should_stop);
            DONE
        };
        let task = kthread_run(threadfn, runs.clone(), "bench").expect("kthreadd makes it");
        wait_for_completion(&runs);
        task
    }

    fn stop(&self, task: Task) -> i32 {
        kthread_stop(&task)
    }
}

/// std's threads.
#[derive(Debug, Clone, Copy)]
pub struct Plain {
    started: bool,
}

/// Threads as std spawns them.
pub const PLAIN: Plain = Plain { started: false };

/// The same, but `create` waits until the thread runs, since `kthread_create` returns no earlier.
pub const STARTED: Plain = Plain { started: true };

impl Threads for Plain {
    type Thread = JoinHandle<i32>;
    type Stoppable = (JoinHandle<i32>, Arc<AtomicBool>);

    fn create(&self, threadfn: impl FnOnce() -> i32 + Send + 'static) -> JoinHandle<i32> {
        if self.started { started(threadfn) } else { std_thread(threadfn) }
    }

    fn wake(&self, thread: &JoinHandle<i32>) {
        thread.thread().unpark();
    }

    fn end(&self, thread: JoinHandle<i32>) -> i32 {
        thread.join().expect("no panic")
    }

    fn start_stoppable(&self) -> Self::Stoppable {
        let stop = Arc::new(AtomicBool::new(false));
        let threadfn = {
            let stop = stop.clone();
            move || {
                while !stop.load(Ordering::Acquire) {
                    thread::park();
                }
                DONE
            }
        };
        (started(threadfn), stop)
    }

    fn stop(&self, (thread, stop): Self::Stoppable) -> i32 {
        stop.store(true, Ordering::Release);
        thread.thread().unpark();
        self.end(thread)
    }
}

/// A plain thread that has reported that it runs.
fn started(threadfn: impl FnOnce() -> i32 + Send + 'static) -> JoinHandle<i32> {
    let runs = Arc::new(AtomicBool::new(false));
    let thread = {
        let (runs, creator) = (runs.clone(), thread::current());
        std_thread(move || {
            runs.store(true, Ordering::Release);
            creator.unpark();
            threadfn()
        })
    };
    while !runs.load(Ordering::Acquire) {
        thread::park();
    }
    thread
}

/// Threads of the C shim.
#[derive(Debug, Clone, Copy)]
pub struct Shim;

impl Threads for Shim {
    type Thread = ShimTask;
    type Stoppable = ShimTask;

    fn create(&self, threadfn: impl FnOnce() -> i32 + Send + 'static) -> ShimTask {
        ShimTask::create(threadfn, c"bench")
    }

    fn wake(&self, task: &ShimTask) {
        task.wake_up_process();
    }

    fn end(&self, task: ShimTask) -> i32 {
        task.stop()
    }

    fn start_stoppable(&self) -> ShimTask {
        let runs = Arc::new(ShimCompletion::default());
        let threadfn = {
            let runs = runs.clone();
            move || {
                runs.complete();
                drop(runs);
                let me = ShimCurrent::get();
                me.sleep_until(|| me.should_stop());
                DONE
            }
        };
        let task = self.create(threadfn);
        task.wake_up_process();
        runs.wait();
        task
    }

    fn stop(&self, task: ShimTask) -> i32 {
        task.stop()
    }
}
