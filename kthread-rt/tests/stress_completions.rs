//! Completions with every kind of wait at once: the posts are the satisfied waits and the rest.
//!
//! `KT_STRESS_ROUNDS` (2,000) and `KT_STRESS_SEED` change the run; the seed is printed.

#![cfg(not(any(loom, shuttle)))]

mod random;
mod witness;

use kthread_rt::prelude::*;
use random::{Random, rounds};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use witness::{AbortOnPanic, Warnings};

const WAITERS: u64 = 9;
const COMPLETERS: u64 = 2;

/// How a wait may end without a completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Never,
    ByTime,
    ByKill,
    ByTimeOrKill,
}

impl Ends {
    fn by_time(self) -> bool {
        matches!(self, Self::ByTime | Self::ByTimeOrKill)
    }

    fn by_kill(self) -> bool {
        matches!(self, Self::ByKill | Self::ByTimeOrKill)
    }
}

/// The result of a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    TimedOut,
    Killed,
}

impl From<Result<(), Errno>> for Outcome {
    fn from(result: Result<(), Errno>) -> Self {
        match result {
            Ok(()) => Self::Done,
            Err(Errno::ERESTARTSYS) => Self::Killed,
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// The remaining jiffies are never more than the timeout, except that success is never 0.
fn of_jiffies(left: u64, timeout: u64) -> Outcome {
    assert!(left <= timeout.max(1), "{left} jiffies left of {timeout}");
    if left == 0 { Outcome::TimedOut } else { Outcome::Done }
}

fn of_jiffies_or_errno(left: Result<u64, Errno>, timeout: u64) -> Outcome {
    match left {
        Ok(left) => of_jiffies(left, timeout),
        Err(errno) => Outcome::from(Err(errno)),
    }
}

/// Every way to wait.
const VARIANTS: u64 = 11;

fn ends_of(variant: u64) -> Ends {
    match variant {
        0 | 1 => Ends::Never,
        2..=4 => Ends::ByKill,
        5..=7 => Ends::ByTime,
        8..=9 => Ends::ByTimeOrKill,
        _ => Ends::ByTime,
    }
}

fn wait_as(variant: u64, x: &Completion, timeout: u64) -> Outcome {
    match variant {
        0 => {
            wait_for_completion(x);
            Outcome::Done
        }
        1 => {
            wait_for_completion_io(x);
            Outcome::Done
        }
        2 => wait_for_completion_interruptible(x).into(),
        3 => wait_for_completion_killable(x).into(),
        4 => wait_for_completion_state(x, TASK_KILLABLE).into(),
        5 => of_jiffies(wait_for_completion_timeout(x, timeout), timeout),
        6 => of_jiffies(wait_for_completion_io_timeout(x, timeout), timeout),
        7 => of_jiffies(x.wait_timeout(timeout), timeout),
        8 => of_jiffies_or_errno(wait_for_completion_interruptible_timeout(x, timeout), timeout),
        9 => of_jiffies_or_errno(wait_for_completion_killable_timeout(x, timeout), timeout),
        _ if try_wait_for_completion(x) => Outcome::Done,
        _ => Outcome::TimedOut,
    }
}

/// Commands for the threads that disturb a wait.
enum Order {
    Complete,
    Kill(Task, Arc<Completion>),
}

/// Executes commands until the channel is closed.
fn execute(orders: &mpsc::Receiver<Order>, x: &Completion) -> u64 {
    let mut completed = 0;
    for order in orders {
        match order {
            Order::Complete => {
                complete(x);
                completed += 1;
            }
            Order::Kill(victim, sent) => {
                send_sig(SIGKILL, &victim, 1).expect("the victim waits for this");
                complete(&sent);
            }
        }
    }
    completed
}

fn order_kill(to: &mpsc::Sender<Order>) -> Arc<Completion> {
    let sent = Arc::new(Completion::new());
    to.send(Order::Kill(current(), sent.clone())).expect("the other side lives");
    sent
}

/// The kill is over: dequeues it, so that the caller is as before.
fn take_kill(sent: &Completion) {
    wait_for_completion(sent);
    flush_signals(&current());
}

/// One wait, which may be killed; never longer than until the completion's post.
fn one_wait(random: &mut Random, x: &Completion, killer: &mpsc::Sender<Order>) -> (Ends, Outcome) {
    let variant = random.below(VARIANTS);
    let kill = random.one_in(6).then(|| order_kill(killer));
    let ends = ends_of(variant);
    let outcome = wait_as(variant, x, random.below(3));
    match outcome {
        Outcome::Done => {}
        Outcome::TimedOut => assert!(ends.by_time()),
        Outcome::Killed => assert!(ends.by_kill() && kill.is_some()),
    }
    if let Some(sent) = kill {
        take_kill(&sent);
    }
    (ends, outcome)
}

#[test]
fn posts_are_the_satisfied_waits_and_the_rest() {
    let (seed, x) = (random::seed(), Completion::new());
    let (kernel, warnings) = Warnings::of_new_kernel();
    let (mut satisfied, mut taken_later, mut given_up, mut completed) = (0, 0, 0, 0);
    thread::scope(|scope| {
        let (orders, executors): (Vec<_>, Vec<_>) = (0..COMPLETERS)
            .map(|_| {
                let (tx, rx) = mpsc::channel();
                let (kernel, x) = (&kernel, &x);
                let executor = scope.spawn(move || {
                    let (_inside, _abort) = (kernel.enter(), AbortOnPanic);
                    execute(&rx, x)
                });
                (tx, executor)
            })
            .unzip();
        let waiters: Vec<_> = (0..WAITERS)
            .map(|number| {
                let (kernel, x, orders) = (&kernel, &x, orders.clone());
                scope.spawn(move || {
                    let (_inside, _abort) = (kernel.enter(), AbortOnPanic);
                    let mut random = Random::new(seed.wrapping_mul(WAITERS) + number);
                    let (mut satisfied, mut taken_later, mut given_up) = (0, 0, 0);
                    // One post for each wait, so that no wait without a timeout stays alone.
                    for _ in 0..rounds() {
                        let completer = random.below(COMPLETERS) as usize;
                        orders[completer].send(Order::Complete).expect("the other side lives");
                        let killer = &orders[COMPLETERS as usize - 1 - completer];
                        match one_wait(&mut random, x, killer).1 {
                            Outcome::Done => satisfied += 1,
                            // So that posts don't pile up, and waits still have to wait.
                            _ if try_wait_for_completion(x) => taken_later += 1,
                            _ => given_up += 1,
                        }
                    }
                    (satisfied, taken_later, given_up)
                })
            })
            .collect();
        for waiter in waiters {
            let (s, t, g) = waiter.join().unwrap();
            (satisfied, taken_later, given_up) = (satisfied + s, taken_later + t, given_up + g);
        }
        drop(orders);
        completed += executors.into_iter().map(|e| e.join().unwrap()).sum::<u64>();
    });
    let mut left = 0;
    while try_wait_for_completion(&x) {
        left += 1;
    }
    println!("{completed} posts: {satisfied} waits satisfied, {taken_later} taken later, {left} left");
    assert_eq!(completed, WAITERS * rounds());
    assert_eq!(satisfied + taken_later + given_up, completed);
    assert_eq!(satisfied + taken_later + left, completed);
    assert!(!completion_done(&x));
    warnings.assert_none();
}

#[test]
fn complete_all_reaches_every_waiter_and_reinit_forgets_it() {
    let (seed, x) = (random::seed(), Completion::new());
    let (kernel, warnings) = Warnings::of_new_kernel();
    let rounds = rounds() / 4;
    let together = Barrier::new(WAITERS as usize + 1);
    thread::scope(|scope| {
        let (killer, orders) = mpsc::channel();
        let (kernel, x, together) = (&kernel, &x, &together);
        scope.spawn(move || {
            let (_inside, _abort) = (kernel.enter(), AbortOnPanic);
            execute(&orders, x)
        });
        for number in 0..WAITERS {
            let killer = killer.clone();
            scope.spawn(move || {
                let (_inside, _abort) = (kernel.enter(), AbortOnPanic);
                let mut random = Random::new(seed.wrapping_mul(WAITERS) + number);
                for _ in 0..rounds {
                    together.wait();
                    one_wait(&mut random, x, &killer);
                    // A waiter that gave up before this finds it later.
                    wait_for_completion(x);
                    together.wait();
                    assert_eq!(wait_for_completion_timeout(x, 0), 1, "done for all, as often as one looks");
                    together.wait();
                    // Here it is reinitialised.
                    together.wait();
                    assert!(!try_wait_for_completion(x));
                }
            });
        }
        drop(killer);
        let mut random = Random::new(seed);
        for _ in 0..rounds {
            together.wait();
            for _ in 0..random.below(4) {
                complete(x);
            }
            complete_all(x);
            complete(x);
            together.wait();
            together.wait();
            assert_eq!(x.done(), u32::MAX);
            reinit_completion(x);
            assert!(!completion_done(x));
            together.wait();
        }
    });
    warnings.assert_none();
}

#[test]
fn a_waiter_frees_the_completion_as_soon_as_its_wait_returned() {
    /// A pointer to a completion, on its way to its completer; valid until then.
    struct Lent(*const Completion);
    // SAFETY: a completion may be used by any thread.
    unsafe impl Send for Lent {}

    let seed = random::seed();
    thread::scope(|scope| {
        for number in 0..WAITERS {
            let (tx, rx) = mpsc::channel::<Lent>();
            scope.spawn(move || {
                for Lent(x) in rx {
                    // SAFETY: its owner waits for this completion, and no longer.
                    complete(unsafe { &*x });
                }
            });
            scope.spawn(move || {
                let _abort = AbortOnPanic;
                let mut random = Random::new(seed.wrapping_mul(WAITERS) + number);
                for _ in 0..rounds() {
                    let x = Box::new(Completion::new());
                    tx.send(Lent(&raw const *x)).expect("the other side lives");
                    // Without a kill and without a timeout.
                    let timeout = MAX_SCHEDULE_TIMEOUT as u64;
                    assert_eq!(wait_as(random.below(VARIANTS - 1), &x, timeout), Outcome::Done);
                    drop(x);
                }
            });
        }
    });
}
