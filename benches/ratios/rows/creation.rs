//! Threads: making one, its first instruction, its whole life.
//!
//! The function runs in every turn, and its result is asserted. A stop right after a wake may come before the function, so
//! the function says that it runs. Unpaced: one thread after the other, with whatever kthreadd does for the next ones in
//! between; "paced" leaves it time for that.

use crate::contest::{Contest, mean};
use benches::shim::ShimTask;
use benches::{STACK_SIZE, std_thread};
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, mpsc};
use std::time::{Duration, Instant};

const TIMES: u32 = 200;
const BURST: usize = 1000;

/// How long a paced row leaves the machine alone.
const PACE: Duration = Duration::from_micros(300);

static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

/// When the thread function began, in nanoseconds after the epoch.
static BEGAN: AtomicU64 = AtomicU64::new(0);

fn begins() {
    BEGAN.store(EPOCH.elapsed().as_nanos() as u64, Ordering::Release);
}

fn began_after(start: Instant) -> Duration {
    *EPOCH + Duration::from_nanos(BEGAN.load(Ordering::Acquire)) - start
}

fn kernel(spares: Option<u32>) -> Kernel {
    let mut builder = Kernel::builder().stack_size(STACK_SIZE);
    if let Some(spares) = spares {
        builder = builder.spare_threads(spares);
    }
    builder.boot().expect("a Kernel boots")
}

/// A kthread whose function says that it runs, and returns 7.
fn create(ran: &Arc<Completion>) -> Task {
    let threadfn = |ran: Arc<Completion>| {
        begins();
        complete(&ran);
        7
    };
    kthread_create(threadfn, ran.clone(), "bench").expect("kthreadd makes it")
}

fn run_to_the_end(task: &Task, ran: &Completion) {
    wake_up_process(task);
    wait_for_completion(ran);
    assert_eq!(kthread_stop(task), 7);
}

fn our_create(spares: Option<u32>, pace: Option<Duration>) -> impl FnMut() -> f64 {
    let kernel = kernel(spares);
    let ran = Arc::new(Completion::new());
    move || {
        let _inside = kernel.enter();
        mean(TIMES, || {
            if let Some(pace) = pace {
                std::thread::sleep(pace);
            }
            let start = Instant::now();
            let task = create(&ran);
            let took = start.elapsed();
            run_to_the_end(&task, &ran);
            took
        })
    }
}

fn our_first_instruction(spares: Option<u32>) -> impl FnMut() -> f64 {
    let kernel = kernel(spares);
    let ran = Arc::new(Completion::new());
    move || {
        let _inside = kernel.enter();
        mean(TIMES, || {
            let start = Instant::now();
            let task = create(&ran);
            run_to_the_end(&task, &ran);
            began_after(start)
        })
    }
}

fn our_life(spares: Option<u32>) -> impl FnMut() -> f64 {
    let kernel = kernel(spares);
    let ran = Arc::new(Completion::new());
    move || {
        let _inside = kernel.enter();
        mean(TIMES, || {
            let start = Instant::now();
            let task = create(&ran);
            run_to_the_end(&task, &ran);
            start.elapsed()
        })
    }
}

fn our_burst(spares: Option<u32>) -> impl FnMut() -> f64 {
    let kernel = kernel(spares);
    move || {
        let _inside = kernel.enter();
        mean(1, || {
            let start = Instant::now();
            let tasks: Vec<Task> =
                (0..BURST).map(|_| kthread_create(|()| 7, (), "bench").expect("kthreadd makes it")).collect();
            let took = start.elapsed();
            for task in &tasks {
                assert_eq!(kthread_stop(task), -4);
            }
            took
        })
    }
}

fn std_spawn(pace: Option<Duration>) -> impl FnMut() -> f64 {
    move || {
        mean(TIMES, || {
            if let Some(pace) = pace {
                std::thread::sleep(pace);
            }
            let start = Instant::now();
            let thread = std_thread(|| 7);
            let took = start.elapsed();
            assert_eq!(thread.join().expect("no panic"), 7);
            took
        })
    }
}

fn std_started() -> impl FnMut() -> f64 {
    || {
        mean(TIMES, || {
            let (started, wait) = mpsc::sync_channel(1);
            let start = Instant::now();
            let thread = std_thread(move || started.send(()).map_or(0, |()| 7));
            wait.recv().expect("it started");
            let took = start.elapsed();
            assert_eq!(thread.join().expect("no panic"), 7);
            took
        })
    }
}

fn std_first_instruction() -> impl FnMut() -> f64 {
    || {
        mean(TIMES, || {
            let start = Instant::now();
            let thread = std_thread(|| {
                begins();
                7
            });
            assert_eq!(thread.join().expect("no panic"), 7);
            began_after(start)
        })
    }
}

fn std_life() -> impl FnMut() -> f64 {
    || {
        mean(TIMES, || {
            let start = Instant::now();
            assert_eq!(std_thread(|| 7).join().expect("no panic"), 7);
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
                        7
                    })
                })
                .collect();
            let took = start.elapsed();
            go.store(true, Ordering::Release);
            for thread in threads {
                thread.thread().unpark();
                assert_eq!(thread.join().expect("no panic"), 7);
            }
            took
        })
    }
}

/// Of a thread of the C shim: when it was created, when its function began, when it was over, from the start.
fn shim(measured: fn(Instant, Duration) -> Duration) -> impl FnMut() -> f64 {
    move || {
        mean(TIMES, || {
            let start = Instant::now();
            let threadfn = || {
                begins();
                7
            };
            let task = ShimTask::create(threadfn, c"bench");
            let created = start.elapsed();
            task.wake_up_process();
            assert_eq!(task.stop(), 7);
            measured(start, created)
        })
    }
}

fn shim_burst() -> impl FnMut() -> f64 {
    || {
        mean(1, || {
            let start = Instant::now();
            let tasks: Vec<ShimTask> = (0..BURST).map(|_| ShimTask::create(|| 7, c"bench")).collect();
            let took = start.elapsed();
            for task in tasks {
                assert_eq!(task.stop(), 7);
            }
            took
        })
    }
}

const STRICT: Option<u32> = Some(0);
const DEFAULT: Option<u32> = None;
const SHIM: &str = "C shim";

pub(crate) fn contests() -> Vec<Contest> {
    LazyLock::force(&EPOCH);
    let created: fn(Instant, Duration) -> Duration = |_, created| created;
    let first: fn(Instant, Duration) -> Duration = |start, _| began_after(start);
    let over: fn(Instant, Duration) -> Duration = |start, _| start.elapsed();
    vec![
        Contest::new("kthread_create returns", 21, our_create(DEFAULT, None))
            .against("std::thread::spawn returns", 0.35, std_spawn(None))
            .against(SHIM, 1.0, shim(created)),
        Contest::new("kthread_create returns, paced", 5, our_create(DEFAULT, Some(PACE))).against(
            "std::thread::spawn returns, paced",
            0.35,
            std_spawn(Some(PACE)),
        ),
        Contest::new("kthread_create returns, 0 spares", 21, our_create(STRICT, None))
            .against("spawn and started-handshake", 1.5, std_started())
            .against(SHIM, 1.0, shim(created)),
        Contest::new("kthread_run to first instruction", 21, our_first_instruction(DEFAULT))
            .against("std::thread::spawn to first instruction", 0.9, std_first_instruction())
            .against(SHIM, 1.0, shim(first)),
        Contest::new("create, run, stop", 21, our_life(DEFAULT))
            .against("spawn and join", 1.0, std_life())
            .against(SHIM, 1.0, shim(over)),
        Contest::new("1000 creates that stay parked", 11, our_burst(DEFAULT))
            .against("1000 spawns that park", 1.0, std_burst())
            .against(SHIM, 1.0, shim_burst()),
    ]
}
