//! Ping-pong: two threads that wait for each other alternately.

use crate::sleeper::Sleeper;
use crate::threads::{DONE, Threads};
use crate::time_of;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier, OnceLock};
use std::time::Duration;

/// The time of `rounds`, in each of which two threads each do their step once, after an unmeasured
/// round. Seat 0 begins, and measures. `player` is called in each thread, and returns the step.
/// Neither thread ends before both have finished.
///
/// # Panics
///
/// If a thread does not run to its end.
pub fn play<F, R>(threads: &impl Threads, rounds: u64, player: impl Fn(usize) -> F) -> Duration
where
    F: FnOnce() -> R + Send + 'static,
    R: FnMut(),
{
    let meet = Arc::new(Barrier::new(2));
    let other = {
        let (player, meet) = (player(1), meet.clone());
        threads.create(move || {
            let mut round = player();
            meet.wait();
            (0..=rounds).for_each(|_| round());
            meet.wait();
            DONE
        })
    };
    threads.wake(&other);
    let player = player(0);
    let time = threads.time_inside(move || {
        let mut round = player();
        meet.wait();
        round();
        let time = time_of(rounds, round);
        meet.wait();
        time
    });
    assert_eq!(threads.end(other), DONE);
    time
}

/// Two threads, and the number of the turn: even turns are seat 0's.
struct Table<W> {
    turn: AtomicU64,
    wakers: [OnceLock<W>; 2],
}

/// The time of `rounds` in which a turn goes to and fro: in each, both threads sleep once and are
/// woken once.
pub fn to_and_fro<S: Sleeper>(threads: &impl Threads, rounds: u64) -> Duration {
    let table =
        Arc::new(Table { turn: AtomicU64::new(0), wakers: [const { OnceLock::<S::Waker>::new() }; 2] });
    play(threads, rounds, |seat| {
        let table = table.clone();
        move || {
            let sleeper = S::here();
            assert!(table.wakers[seat].set(sleeper.waker()).is_ok(), "a seat is for one");
            let mut mine = seat as u64;
            move || {
                sleeper.sleep_until(|| table.turn.load(Ordering::Acquire) == mine);
                table.turn.store(mine + 1, Ordering::Release);
                let other = table.wakers[1 - seat].get().expect("both sit");
                // SAFETY: `play` waits for the end of neither before both are done.
                unsafe { S::wake(other) };
                mine += 2;
            }
        }
    })
}
