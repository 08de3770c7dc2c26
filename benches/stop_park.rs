//! Requesting a stop, parking and stopping.
//!
//! * *should_stop*: `kthread_should_stop` beside the minimal cost of a flag of the thread's own, a
//!   relaxed load through a thread-local.
//! * *park, unpark*: a thread is asked to halt and has halted, is asked to continue and continues.
//!   The baselines do it with turns: four in a round, "halt", "halted", "continue", "continuing",
//!   each with one wake-up. The C shim has no other parking.
//! * *stop*: of a thread that runs and sleeps, until its result is returned.

use benches::ping_pong::to_and_fro;
use benches::shim::ShimCurrent;
use benches::sleeper::{Park, Schedule, Sleeper};
use benches::threads::{DONE, Kthreads, PLAIN, Shim, Threads};
use benches::{kernel, time_of};
use criterion::{Criterion, criterion_group, criterion_main};
use crossbeam_utils::sync::Parker;
use kthread_rt::prelude::*;
use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

thread_local! {
    static FLAGS: Cell<&'static AtomicU32> = const { Cell::new(&NO_FLAGS) };
}
static NO_FLAGS: AtomicU32 = AtomicU32::new(0);

fn flag_is_set() -> bool {
    FLAGS.with(Cell::get).load(Ordering::Relaxed) & 2 != 0
}

fn should_stop(c: &mut Criterion) {
    let kernel = kernel();
    let kthreads = Kthreads::inside(&kernel);
    let mut group = c.benchmark_group("should_stop");
    group.bench_function("kthread_should_stop", |b| {
        b.iter_custom(|n| kthreads.repeat(n, || assert!(!black_box(kthread_should_stop()))));
    });
    group.bench_function("relaxed load through a thread-local", |b| {
        b.iter_custom(|n| PLAIN.repeat(n, || assert!(!black_box(flag_is_set()))));
    });
    group.bench_function("C shim", |b| {
        b.iter_custom(|n| {
            Shim.time_inside(move || {
                let me = ShimCurrent::get();
                time_of(n, || assert!(!black_box(me.should_stop())))
            })
        });
    });
}

/// Halts when it is asked to, and reports when it continues; the first time when it begins.
fn parks(goes_on: &Completion) -> i32 {
    let sleeper = Schedule::here();
    loop {
        complete(goes_on);
        sleeper.sleep_until(|| kthread_should_stop() || kthread_should_park());
        if kthread_should_stop() {
            return DONE;
        }
        kthread_parkme();
    }
}

/// The time of parking and unparking a thread this many times.
fn time_of_parking(times: u64) -> Duration {
    let goes_on = Arc::new(Completion::new());
    let threadfn = |goes_on: Arc<Completion>| parks(&goes_on);
    let task = kthread_run(threadfn, goes_on.clone(), "parks").expect("kthreadd makes it");
    wait_for_completion(&goes_on);
    let time = time_of(times, || {
        assert_eq!(kthread_park(&task), Ok(()));
        kthread_unpark(&task);
        wait_for_completion(&goes_on);
    });
    assert_eq!(kthread_stop(&task), DONE);
    time
}

fn park(c: &mut Criterion) {
    let kernel = kernel();
    let kthreads = Kthreads::inside(&kernel);
    let mut group = c.benchmark_group("park, unpark");
    group.bench_function("kthread_park, kthread_unpark", |b| {
        b.iter_custom(|n| kthreads.time_inside(move || time_of_parking(n)));
    });
    group.bench_function("std park, unpark", |b| b.iter_custom(|n| to_and_fro::<Park>(&PLAIN, 2 * n)));
    group.bench_function("crossbeam Parker", |b| b.iter_custom(|n| to_and_fro::<Parker>(&PLAIN, 2 * n)));
    group.bench_function("C shim", |b| b.iter_custom(|n| to_and_fro::<ShimCurrent>(&Shim, 2 * n)));
}

/// The time of the stops alone, of this many threads one after another.
fn time_of_stops(threads: &impl Threads, times: u64) -> Duration {
    let stop = |_| {
        let thread = threads.start_stoppable();
        let start = Instant::now();
        assert_eq!(threads.stop(thread), DONE);
        start.elapsed()
    };
    (0..times).map(stop).sum()
}

fn stop(c: &mut Criterion) {
    let kernel = kernel();
    let kthreads = Kthreads::inside(&kernel);
    let mut group = c.benchmark_group("stop");
    // Criterion's time, of which the measured part is a fraction; starting the threads takes
    // longer.
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    group.bench_function("kthread_stop", |b| b.iter_custom(|n| time_of_stops(&kthreads, n)));
    group.bench_function("AtomicBool, unpark, join", |b| b.iter_custom(|n| time_of_stops(&PLAIN, n)));
    group.bench_function("C shim", |b| b.iter_custom(|n| time_of_stops(&Shim, n)));
}

criterion_group!(benches, should_stop, park, stop);
criterion_main!(benches);
