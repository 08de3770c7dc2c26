//! Shared by the benches: the conditions of the comparisons, the kinds of threads that are
//! compared, and the hand-written baselines.
//!
//! Every side of a comparison has threads with stacks of one size, and works while the threads of
//! all other sides are alive too: kthreadd's spares exist while std spawns. A thread function
//! always runs, and its result is asserted. Rows use all cpus of the process, unless a bench says
//! otherwise; `taskset -c 0 cargo bench …` runs them on one, where waking an idle core plays no
//! part.

pub mod crowd;
pub mod monitor;
pub mod ping_pong;
pub mod shim;
pub mod sleeper;
pub mod threads;

use kthread_rt::Kernel;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

/// The stack size of every thread in a comparison, ours and the baselines': std's default.
pub const STACK_SIZE: usize = 2 * 1024 * 1024;

/// A plain thread with that stack and a name, as a port without kthreads would start it.
///
/// # Panics
///
/// If the operating system refuses the thread.
pub fn std_thread<T: Send + 'static>(main: impl FnOnce() -> T + Send + 'static) -> thread::JoinHandle<T> {
    thread::Builder::new()
        .name("baseline".into())
        .stack_size(STACK_SIZE)
        .spawn(main)
        .expect("the system starts a thread")
}

/// A Kernel whose threads have that stack size too.
///
/// # Panics
///
/// If the operating system refuses kthreadd.
pub fn kernel() -> Kernel {
    Kernel::builder().stack_size(STACK_SIZE).boot().expect("a Kernel boots")
}

/// Pins the calling thread to one cpu, and with it all threads that it starts and all Kernels that
/// it boots from now on.
///
/// # Panics
///
/// If the operating system refuses.
pub fn pin_to_one_cpu() {
    let allowed = rustix::thread::sched_getaffinity(None).expect("a thread may run somewhere");
    let first = (0..rustix::thread::CpuSet::MAX_CPU).find(|&cpu| allowed.is_set(cpu));
    let mut one = rustix::thread::CpuSet::new();
    one.set(first.expect("a thread may run somewhere"));
    rustix::thread::sched_setaffinity(None, &one).expect("a cpu that was allowed");
}

/// The time of `f`, done this many times.
pub fn time_of(times: u64, mut f: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        f();
    }
    start.elapsed()
}

/// Runs `work` on `count` plain threads at once, and returns their results. Each prepares itself
/// and then waits at the barrier, which it may use again later.
///
/// # Panics
///
/// If the operating system refuses a thread, or `work` panics.
pub fn at_once<R: Send>(count: usize, work: impl Fn(&Barrier) -> R + Sync) -> Vec<R> {
    let barrier = Barrier::new(count);
    let work = || work(&barrier);
    thread::scope(|scope| {
        let start = |_| {
            let thread = thread::Builder::new().stack_size(STACK_SIZE).spawn_scoped(scope, work);
            thread.expect("the system starts a thread")
        };
        let threads: Vec<_> = (0..count).map(start).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

/// The time from the first beginning to the last end.
pub fn span(times: &[Range<Instant>]) -> Duration {
    let begin = times.iter().map(|time| time.start).min();
    let end = times.iter().map(|time| time.end).max();
    end.zip(begin).map_or(Duration::ZERO, |(end, begin)| end - begin)
}

static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A moment that one thread records and another reads.
#[derive(Debug, Default)]
pub struct Moment(AtomicU64);

impl Moment {
    /// No moment yet.
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Records the present moment.
    pub fn note(&self) {
        self.0.store(EPOCH.elapsed().as_nanos() as u64, Ordering::Release);
    }

    /// How long after `start` it was recorded.
    ///
    /// # Panics
    ///
    /// If it was earlier: the code that should record it has not run.
    pub fn after(&self, start: Instant) -> Duration {
        let moment = *EPOCH + Duration::from_nanos(self.0.load(Ordering::Acquire));
        moment.checked_duration_since(start).expect("it was noted after the start")
    }
}
