//! Eight requesters at once create, run, park and stop threads, and are killed while they wait.
//! Nothing may be lost: each outcome is counted.
//!
//! `KT_STRESS_ROUNDS` (2,000) and `KT_STRESS_SEED` change the run; the seed is printed.

#![cfg(not(any(loom, shuttle)))]

mod random;
mod witness;

use kthread_rt::prelude::*;
use random::{Random, rounds};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use witness::{AbortOnPanic, Datum, Tally, Warnings, sleep_until_stopped};

const REQUESTERS: u64 = 8;

/// The requests, and their results.
#[derive(Debug, Default)]
struct Counts {
    asked: u64,
    created: u64,
    interrupted: u64,
    never_ran: u64,
    exited: u64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.created += other.created;
        self.interrupted += other.interrupted;
        self.never_ran += other.never_ran;
        self.exited += other.exited;
    }
}

/// How one thread's data ended, and how it should have.
struct Expected {
    tally: Arc<Tally>,
    runs: u32,
}

/// Sends SIGKILL to a requester at about the time at which it creates a thread.
struct Killer(mpsc::Sender<(Task, Arc<Completion>)>);

impl Killer {
    fn start() -> (Self, thread::JoinHandle<()>) {
        let (tx, rx) = mpsc::channel::<(Task, Arc<Completion>)>();
        let killer = thread::spawn(move || {
            for (victim, sent) in rx {
                send_sig(SIGKILL, &victim, 1).expect("the victim waits for this");
                complete(&sent);
            }
        });
        (Self(tx), killer)
    }

    /// A kill is under way when this returns; the completion says when it has been sent.
    fn order(&self) -> Arc<Completion> {
        let sent = Arc::new(Completion::new());
        self.0.send((current(), sent.clone())).expect("the killer lives");
        sent
    }
}

/// One of the ways to use a thread.
fn use_thread(task: &Task, result: i32, random: &mut Random, counts: &mut Counts) -> u32 {
    let must_run = match random.below(5) {
        // Stopped before its first wake.
        0 => Some(false),
        // Stopped at any moment of its first steps.
        1 => {
            assert!(wake_up_process(task));
            None
        }
        // Parked while it runs, or when it is about to: it was not asked to stop at its first
        // check, so it runs.
        2 => {
            assert!(wake_up_process(task));
            assert_eq!(kthread_park(task), Ok(()));
            assert_eq!(task.state(), TASK_PARKED);
            kthread_unpark(task);
            Some(true)
        }
        // Parked before its first wake and stopped while parked: it runs then.
        3 => {
            assert_eq!(kthread_park(task), Ok(()));
            assert!(!wake_up_process(task));
            Some(true)
        }
        // Parked again and again.
        _ => {
            for _ in 0..3 {
                assert_eq!(kthread_park(task), Ok(()));
                kthread_unpark(task);
            }
            Some(true)
        }
    };
    let status = task.stop().expect("a kthread");
    match status {
        ExitStatus::NeverRan => counts.never_ran += 1,
        ExitStatus::Exited(returned) => {
            assert_eq!(returned, result);
            counts.exited += 1;
        }
        other => panic!("{other:?}"),
    }
    let ran = status != ExitStatus::NeverRan;
    assert!(must_run.is_none_or(|must| must == ran), "{status:?}");
    u32::from(ran)
}

fn request_threads(seed: u64, killer: &Killer) -> (Counts, Vec<Expected>) {
    let _abort = AbortOnPanic;
    let mut random = Random::new(seed);
    let mut counts = Counts::default();
    let mut expected = Vec::new();
    for round in 0..rounds() {
        let kill = random.one_in(4).then(|| killer.order());
        let (datum, tally) = Datum::new();
        let result = round as i32;
        let threadfn = move |datum: Datum| {
            datum.count_run();
            sleep_until_stopped();
            result
        };
        counts.asked += 1;
        let runs = match kthread_create!(threadfn, datum, "%u/%u", seed as u32 & 0xff, round as u32) {
            Ok(task) => {
                counts.created += 1;
                use_thread(&task, result, &mut random, &mut counts)
            }
            Err(errno) => {
                assert_eq!(errno, Errno::EINTR);
                assert!(kill.is_some(), "EINTR is for those who were killed");
                counts.interrupted += 1;
                0
            }
        };
        if let Some(sent) = kill {
            // Not killable: the loop waits for this kill.
            wait_for_completion(&sent);
            assert!(fatal_signal_pending(&current()));
            flush_signals(&current());
        }
        expected.push(Expected { tally, runs });
    }
    (counts, expected)
}

#[test]
fn creates_stops_parks_and_kills_are_all_accounted_for() {
    let seed = random::seed();
    let (kernel, warnings) = Warnings::of_new_kernel();
    let (killer, killer_thread) = Killer::start();
    let killer = Arc::new(killer);
    let all = Arc::new(Mutex::new((Counts::default(), Vec::new())));
    let request = {
        let (all, killer) = (all.clone(), killer.clone());
        move |number: u64| {
            let (counts, expected) = request_threads(seed.wrapping_mul(REQUESTERS) + number, &killer);
            let mut all = all.lock().unwrap();
            all.0.add(&counts);
            all.1.extend(expected);
        }
    };
    // One half are kthreads, which must allow the signal; the other half are threads that the
    // runtime did not make.
    let inside = kernel.enter();
    let over = Arc::new(Completion::new());
    let kthreads: Vec<_> = (0..REQUESTERS / 2)
        .map(|number| {
            let (request, over) = (request.clone(), over.clone());
            let threadfn = move |number: u64| {
                allow_signal(SIGKILL).expect("a signal number");
                request(number);
                complete(&over);
                7
            };
            kthread_create!(threadfn, number, "requester/%u", number as u32).expect("a kthread")
        })
        .collect();
    drop(inside);
    thread::scope(|scope| {
        for number in REQUESTERS / 2..REQUESTERS {
            let (kernel, request) = (&kernel, request.clone());
            scope.spawn(move || {
                let _inside = kernel.enter();
                request(number);
            });
        }
        for task in &kthreads {
            assert!(wake_up_process(task));
        }
    });
    for _ in &kthreads {
        wait_for_completion(&over);
    }
    for task in &kthreads {
        assert_eq!(kthread_stop(task), 7);
    }
    drop((request, killer));
    killer_thread.join().unwrap();

    let report = kernel.shutdown();
    let (counts, expected) = &*all.lock().unwrap();
    println!("{counts:?} {report:?}");
    assert_eq!(counts.asked, REQUESTERS * rounds());
    assert_eq!(counts.asked, counts.created + counts.interrupted);
    assert_eq!(counts.created, counts.never_ran + counts.exited);
    for (number, Expected { tally, runs }) in expected.iter().enumerate() {
        assert_eq!((tally.runs(), tally.drops()), (*runs, 1), "thread {number}");
    }
    assert_eq!(report.forked, report.joined, "{report:?}");
    assert_eq!(report.alive, []);
    // A request whose requester was killed may have had its thread already.
    assert!(report.forked >= counts.created + REQUESTERS / 2);
    assert!(report.forked <= counts.asked + REQUESTERS / 2);
    assert_eq!(kernel.tasks(), []);
    warnings.assert_none();
}
