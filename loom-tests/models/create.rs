//! The hand-off of `kthread_create` (`kthread-rt/src/kthread/create.rs`).
//!
//! A request is answered or abandoned, never both. The requester gets its thread, or an error and nothing is left of what
//! it asked for; the data of a function that does not run is dropped exactly once.

use crate::harness::{Bound, Model, in_kernel, thread};
use kthread_rt::__private::model as backend;
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub fn models() -> Vec<Model> {
    vec![
        Model {
            name: "create_stop_unwoken",
            claim: "a thread that is stopped before its first wake-up never runs its function, and drops its data once",
            bound: Bound::Preemptions(2),
            outcomes: &["-4"],
            run: create_stop_unwoken,
        },
        Model {
            name: "create_killed",
            claim: "a requester that is killed at any point gets the thread or EINTR; exactly one side frees the request",
            bound: Bound::Preemptions(2),
            outcomes: &["created", "EINTR"],
            run: create_killed,
        },
        Model {
            name: "create_refused",
            claim: "an error of the operating system reaches the requester, and the data is dropped once",
            bound: Bound::Preemptions(2),
            outcomes: &["EAGAIN"],
            run: create_refused,
        },
    ]
}

/// Counts the ends of a thread's data. std's atomics: the count is the model's own book.
struct Datum(Arc<AtomicUsize>);

impl Drop for Datum {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn datum() -> (Datum, Arc<AtomicUsize>) {
    let drops = Arc::new(AtomicUsize::new(0));
    (Datum(drops.clone()), drops)
}

fn never(_: Datum) -> i32 {
    unreachable!("the function of a thread that was never woken ran");
}

fn create_stop_unwoken() -> String {
    let (data, drops) = datum();
    let result = in_kernel(|| {
        let task = kthread_create!(never, data, "unwoken").expect("nothing refuses it");
        kthread_stop(&task).to_string()
    });
    assert_eq!(drops.load(Ordering::Relaxed), 1, "the data was not dropped once");
    result
}

fn create_killed() -> String {
    let (data, drops) = datum();
    let result = in_kernel(|| {
        let requester = current();
        let killer = thread(&Kernel::current(), move || send_sig(SIGKILL, &requester, 1));
        let outcome = match kthread_create!(never, data, "orphan") {
            Ok(task) => {
                assert_eq!(kthread_stop(&task), -4);
                "created"
            }
            Err(errno) => {
                assert_eq!(errno, Errno::EINTR);
                "EINTR"
            }
        };
        killer.join().unwrap().expect("the requester is alive");
        outcome.to_owned()
    });
    assert_eq!(drops.load(Ordering::Relaxed), 1, "the data was not dropped once");
    result
}

fn create_refused() -> String {
    let (data, drops) = datum();
    let result = in_kernel(|| {
        backend::refuse_next_thread();
        let errno = kthread_create!(never, data, "refused").expect_err("the system refuses it");
        format!("{errno:?}")
    });
    assert_eq!(drops.load(Ordering::Relaxed), 1, "the data was not dropped once");
    result
}
