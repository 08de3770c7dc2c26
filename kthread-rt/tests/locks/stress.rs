//! Many tasks on the same locks, with killers and timeouts, and everything counted: no two
//! exclusive holders, no lost change, no endless wait.

use crate::random::{Random, rounds, seed};
use crate::stage::{Running, end_of, run};
use crate::witness::AbortOnPanic;
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

const TASKS: u64 = 6;

/// Runs `f` on this many kthreads, each with its own random numbers, while another thread keeps
/// killing them; returns the sum of their results.
fn crowd(f: impl Fn(&mut Random) -> u32 + Send + Sync + 'static) -> u64 {
    let (f, seed, sum) = (Arc::new(f), seed(), Arc::new(AtomicU64::new(0)));
    let tasks: Vec<Running> = (0..TASKS)
        .map(|n| {
            let (f, sum) = (f.clone(), sum.clone());
            run(&format!("crowd/{n}"), move || {
                let _abort = AbortOnPanic;
                allow_signal(SIGKILL).unwrap();
                let mut random = Random::new(seed.wrapping_add(n));
                for _ in 0..rounds() {
                    sum.fetch_add(f(&mut random).into(), Relaxed);
                    flush_signals(&current());
                }
                0
            })
        })
        .collect();
    let over = Arc::new(AtomicBool::new(false));
    let killer = run("killer", {
        let (tasks, over) = (tasks.clone(), over.clone());
        move || {
            while !over.load(Relaxed) {
                for task in &tasks {
                    // ESRCH at the end.
                    let _ = send_sig(SIGKILL, task, 1);
                }
                schedule_timeout_uninterruptible(1);
            }
            0
        }
    });
    tasks.iter().for_each(|task| assert_eq!(end_of(task), 0));
    over.store(true, Relaxed);
    end_of(&killer);
    sum.load(Relaxed)
}

#[test]
fn a_mutex_loses_no_change() {
    let mutex = Arc::new(KMutex::new(0u64));
    let changes = crowd({
        let mutex = mutex.clone();
        move |random| {
            let guard = match random.below(4) {
                0 => Some(mutex.lock()),
                1 => mutex.lock_interruptible().ok(),
                2 => mutex.lock_killable().ok(),
                _ => mutex.try_lock(),
            };
            if random.one_in(16) {
                let _ = mutex.owner();
            }
            guard.map_or(0, |mut count| {
                let before = *count;
                if random.one_in(32) {
                    schedule_timeout_uninterruptible(0);
                }
                *count = before + 1;
                1
            })
        }
    });
    assert_eq!(*mutex.lock(), changes);
    assert_eq!(current().held_locks().len(), 0);
}

#[test]
fn a_semaphore_lets_as_many_in_as_it_counts() {
    const SLOTS: u32 = 3;
    let shared = Arc::new((Semaphore::new(SLOTS), AtomicU64::new(0)));
    let taken = crowd({
        let shared = shared.clone();
        move |random| {
            let (sem, inside) = &*shared;
            let result = match random.below(5) {
                0 => {
                    down(sem);
                    Ok(())
                }
                1 => down_interruptible(sem),
                2 => down_killable(sem),
                3 => down_timeout(sem, random.below(2)),
                _ if down_trylock(sem) => Err(Errno::EAGAIN),
                _ => Ok(()),
            };
            if result.is_err() {
                return 0;
            }
            assert!(inside.fetch_add(1, Relaxed) < SLOTS.into());
            if random.one_in(8) {
                kthread_rt::r#yield();
            }
            inside.fetch_sub(1, Relaxed);
            up(sem);
            1
        }
    });
    assert!(taken > 0);
    assert_eq!(shared.0.count(), SLOTS);
}

#[test]
fn a_rwsem_keeps_writers_alone() {
    let table = Arc::new(RwSemaphore::new((0u64, 0u64)));
    let changes = crowd({
        let table = table.clone();
        move |random| {
            let write = match random.below(8) {
                0 => Some(table.write()),
                1 => table.write_killable().ok(),
                2 => table.try_write(),
                _ => {
                    let read = match random.below(4) {
                        0 => Some(table.read()),
                        1 => table.read_killable().ok(),
                        2 => table.read_interruptible().ok(),
                        _ => table.try_read(),
                    };
                    if let Some(both) = read {
                        assert_eq!(both.0, both.1);
                    }
                    return 0;
                }
            };
            let Some(mut both) = write else { return 0 };
            both.0 += 1;
            if random.one_in(16) {
                kthread_rt::r#yield();
            }
            both.1 += 1;
            let written = both.0;
            if random.one_in(2) {
                let both = both.downgrade();
                assert_eq!(*both, (written, written), "nobody wrote between");
            }
            1
        }
    });
    assert_eq!(*table.read(), (changes, changes));
    assert!(table.try_write().is_some());
}

#[test]
fn a_spinlock_loses_no_change() {
    let lock = Arc::new(SpinLock::new(0u64));
    let changes = crowd({
        let lock = lock.clone();
        move |random| {
            let guard = if random.one_in(4) { lock.try_lock() } else { Some(lock.lock()) };
            guard.map_or(0, |mut count| {
                *count += 1;
                1
            })
        }
    });
    assert_eq!(*lock.lock(), changes);
}

#[test]
fn the_last_user_frees_the_mutex() {
    // Two tasks meet again and again on a mutex of their own; the last one frees it, right after
    // its unlock.
    let round = |last: Arc<(RawMutex, AtomicU64)>| {
        mutex_lock(&last.0);
        last.1.fetch_add(1, Relaxed);
        mutex_unlock(&last.0);
        drop(last);
    };
    for _ in 0..rounds() / 10 {
        let shared = Arc::new((RawMutex::new(), AtomicU64::new(0)));
        let theirs = shared.clone();
        let other = run("other", move || {
            round(theirs);
            0
        });
        round(shared);
        end_of(&other);
    }
}
