//! Threads: creating one, its first instruction, its whole life.
//!
//! The function runs in every turn, and its result is asserted. A stop right after a wake-up may
//! come before the function, so the function reports that it runs. Unpaced rows create one thread
//! after another, while kthreadd prepares the next ones; "paced" rows leave it time for that.

use crate::contest::{Contest, mean};
use benches::shim::ShimTask;
use benches::threads::DONE;
use benches::{Moment, STACK_SIZE, kernel, std_thread};
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

const TIMES: u32 = 200;
const BURST: usize = 1000;

/// How long a paced row pauses.
const PACE: Duration = Duration::from_micros(300);

/// When the thread function began.
static BEGAN: Moment = Moment::new();

fn kernel_without_spares() -> Kernel {
    Kernel::builder().stack_size(STACK_SIZE).spare_threads(0).boot().expect("a Kernel boots")
}

/// A kthread whose function reports that it runs.
fn create(ran: &Arc<Completion>) -> Task {
    let threadfn = |ran: Arc<Completion>| {
        BEGAN.note();
        complete(&ran);
        DONE
    };
    kthread_create(threadfn, ran.clone(), "bench").expect("kthreadd makes it")
}

fn run_to_the_end(task: &Task, ran: &Completion) {
    wake_up_process(task);
    wait_for_completion(ran);
    assert_eq!(kthread_stop(task), DONE);
}

/// Waits until kthreadd has joined ended threads, whose time would otherwise be charged to the next
/// row.
fn settle(kernel: &Kernel) {
    let kthreadd = kernel.kthreadd().expect("it is up");
    _ = wait_task_inactive(&kthreadd, TASK_RUNNING);
}

fn our_create(kernel: Kernel, pace: Option<Duration>) -> impl FnMut() -> f64 {
    let ran = Arc::new(Completion::new());
    move || {
        let _inside = kernel.enter();
        let mean = mean(TIMES, || {
            if let Some(pace) = pace {
                std::thread::sleep(pace);
            }
            let start = Instant::now();
            let task = create(&ran);
            let took = start.elapsed();
            run_to_the_end(&task, &ran);
            took
        });
        settle(&kernel);
        mean
    }
}

/// The time that `measured` returns for a thread that has run to its end, from the start of the
/// request.
fn our_run(measured: fn(Instant) -> Duration) -> impl FnMut() -> f64 {
    let kernel = kernel();
    let ran = Arc::new(Completion::new());
    move || {
        let _inside = kernel.enter();
        let mean = mean(TIMES, || {
            let start = Instant::now();
            let task = create(&ran);
            run_to_the_end(&task, &ran);
            measured(start)
        });
        settle(&kernel);
        mean
    }
}

fn our_burst() -> impl FnMut() -> f64 {
    let kernel = kernel();
    move || {
        let _inside = kernel.enter();
        let mean = mean(1, || {
            let start = Instant::now();
            let tasks: Vec<Task> = (0..BURST)
                .map(|_| kthread_create(|()| DONE, (), "bench").expect("kthreadd makes it"))
                .collect();
            let took = start.elapsed();
            for task in &tasks {
                assert_eq!(kthread_stop(task), -4);
            }
            took
        });
        settle(&kernel);
        mean
    }
}

fn std_spawn(pace: Option<Duration>) -> impl FnMut() -> f64 {
    move || {
        mean(TIMES, || {
            if let Some(pace) = pace {
                std::thread::sleep(pace);
            }
            let start = Instant::now();
            let thread = std_thread(|| DONE);
            let took = start.elapsed();
            assert_eq!(thread.join().expect("no panic"), DONE);
            took
        })
    }
}

fn std_started() -> impl FnMut() -> f64 {
    || {
        mean(TIMES, || {
            let (started, wait) = mpsc::sync_channel(1);
            let start = Instant::now();
            let thread = std_thread(move || started.send(()).map_or(0, |()| DONE));
            wait.recv().expect("it started");
            let took = start.elapsed();
            assert_eq!(thread.join().expect("no panic"), DONE);
            took
        })
    }
}

fn std_first_instruction() -> impl FnMut() -> f64 {
    || {
        mean(TIMES, || {
            let start = Instant::now();
            let thread = std_thread(|| {
                BEGAN.note();
                DONE
            });
            assert_eq!(thread.join().expect("no panic"), DONE);
            BEGAN.after(start)
        })
    }
}

fn std_life() -> impl FnMut() -> f64 {
    || {
        mean(TIMES, || {
            let start = Instant::now();
            assert_eq!(std_thread(|| DONE).join().expect("no panic"), DONE);
            start.elapsed()
        })
    }
}

fn std_burst() -> impl FnMut() -> f64 {
    || {
        mean(1, || {
            let go = Arc::new(AtomicBool::new(false));
            let start = Instant::now();
            let threads: Vec<_> = (0..BURST)
                .map(|_| {
                    let go = go.clone();
                    std_thread(move || {
                        while !go.load(Ordering::Acquire) {
                            std::thread::park();
                        }
                        DONE
                    })
                })
                .collect();
            let took = start.elapsed();
            go.store(true, Ordering::Release);
            for thread in threads {
                thread.thread().unpark();
                assert_eq!(thread.join().expect("no panic"), DONE);
            }
            took
        })
    }
}

/// The times of a thread of the C shim, from the start: when it was created, when its function
/// began, when it was over.
fn shim(measured: fn(Instant, Duration) -> Duration) -> impl FnMut() -> f64 {
    move || {
        mean(TIMES, || {
            let start = Instant::now();
            let threadfn = || {
                BEGAN.note();
                DONE
            };
            let task = ShimTask::create(threadfn, c"bench");
            let created = start.elapsed();
            task.wake_up_process();
            assert_eq!(task.stop(), DONE);
            measured(start, created)
        })
    }
}

fn shim_burst() -> impl FnMut() -> f64 {
    || {
        mean(1, || {
            let start = Instant::now();
            let tasks: Vec<ShimTask> = (0..BURST).map(|_| ShimTask::create(|| DONE, c"bench")).collect();
            let took = start.elapsed();
            for task in tasks {
                assert_eq!(task.stop(), DONE);
            }
            took
        })
    }
}

const SHIM: &str = "C shim";

pub(crate) fn contests() -> Vec<Contest> {
    let created: fn(Instant, Duration) -> Duration = |_, created| created;
    let first: fn(Instant, Duration) -> Duration = |start, _| BEGAN.after(start);
    let over: fn(Instant, Duration) -> Duration = |start, _| start.elapsed();
    vec![
        Contest::new("kthread_create returns", 21, our_create(kernel(), None))
            .against("std::thread::spawn returns", 0.35, std_spawn(None))
            .against(SHIM, 1.0, shim(created)),
        Contest::new("kthread_create returns, paced", 5, our_create(kernel(), Some(PACE))).against(
            "std::thread::spawn returns, paced",
            0.35,
            std_spawn(Some(PACE)),
        ),
        Contest::new("kthread_create returns, 0 spares", 21, our_create(kernel_without_spares(), None))
            .against("spawn and started-handshake", 1.5, std_started())
            .against(SHIM, 1.0, shim(created)),
        Contest::new("kthread_run to first instruction", 21, our_run(|start| BEGAN.after(start)))
            .against("std::thread::spawn to first instruction", 0.9, std_first_instruction())
            .against(SHIM, 1.0, shim(first)),
        Contest::new("create, run, stop", 21, our_run(|start| start.elapsed()))
            .against("spawn and join", 1.0, std_life())
            .against(SHIM, 1.0, shim(over)),
        Contest::new("1000 creates that stay parked", 11, our_burst())
            .against("1000 spawns that park", 1.0, std_burst())
            .against(SHIM, 1.0, shim_burst()),
    ]
}
