//! A hundred threads that wait, and the cost of waking them.

use crate::threads::{DONE, Threads};
use crate::time_of;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The number of threads of a crowd.
pub const CROWD: u64 = 100;

/// Starts a crowd whose members do what `member` returns, measures in a thread of the same kind,
/// and waits for all to end.
///
/// # Panics
///
/// If a thread does not run to its end.
pub fn beside_crowd<F: FnOnce() + Send + 'static>(
    threads: &impl Threads,
    member: impl Fn() -> F,
    measure: impl FnOnce() -> Duration + Send + 'static,
) -> Duration {
    let start = |_| {
        let member = member();
        let thread = threads.create(move || {
            member();
            DONE
        });
        threads.wake(&thread);
        thread
    };
    let crowd: Vec<_> = (0..CROWD).map(start).collect();
    let time = threads.time_inside(measure);
    for thread in crowd {
        assert_eq!(threads.end(thread), DONE);
    }
    time
}

/// A gate that a crowd passes together, round by round.
pub trait Gate: Default + Send + Sync + 'static {
    /// Opens it for a round: every member may pass, once.
    fn open(&self, round: u64);

    /// Waits until it is open for a round.
    fn pass(&self, round: u64);

    /// Reports that all have passed.
    fn all_passed(&self, round: u64);

    /// Waits for that report, and closes the gate.
    fn close(&self, round: u64);
}

/// The time in which a crowd passes this many times, after an unmeasured round. A member that comes
/// too late to sleep passes too.
pub fn time_of_passing<G: Gate>(threads: &impl Threads, times: u64) -> Duration {
    let gate = Arc::new((G::default(), AtomicU64::new(0)));
    let leader = gate.clone();
    let member = || {
        let gate = gate.clone();
        move || {
            let (gate, passed) = &*gate;
            for round in 1..=times + 1 {
                gate.pass(round);
                if passed.fetch_add(1, Ordering::Relaxed) + 1 == CROWD * round {
                    gate.all_passed(round);
                }
            }
        }
    };
    let time = beside_crowd(threads, member, move || {
        let mut round = 0;
        let mut let_pass = || {
            round += 1;
            leader.0.open(round);
            leader.0.close(round);
        };
        let_pass();
        time_of(times, let_pass)
    });
    assert_eq!(gate.1.load(Ordering::Relaxed), CROWD * (times + 1));
    time
}
