//! The cost of the checks of a Kernel with `debug`: each row measures the same work in a Kernel
//! with `debug` and in one without.
//!
//! Once a process has a Kernel with `debug`, every lock tests whether its own Kernel checks. So
//! these rows run last, and the other rows are measured in a process that has no such Kernel yet.

use super::sleeping::{kthreads, sleep_ping_pong};
use crate::contest::{Contest, per};
use benches::sleeper::Schedule;
use kthread_rt::prelude::*;
use std::cell::OnceCell;
use std::hint::black_box;
use std::rc::Rc;

const TIMES: u32 = 20_000;
const ITEMS: u32 = 200;

/// Runs `turn` in a Kernel of its own, which the first run boots.
fn inside(debug: bool, turn: impl Fn() -> f64 + 'static) -> impl FnMut() -> f64 {
    let kernel = OnceCell::new();
    move || {
        let kernel = kernel.get_or_init(|| Kernel::builder().debug(debug).boot().expect("a Kernel boots"));
        let _inside = kernel.enter();
        turn()
    }
}

/// With debug, `turn` takes at most `bar` times as long as without. Each bar is a third above the
/// upper quartiles of seven runs on a machine with other work.
fn contest(what: &'static str, bar: f64, turn: impl Fn() -> f64 + 'static) -> Contest {
    let turn = Rc::new(turn);
    let without = turn.clone();
    Contest::new(what, 15, inside(true, move || turn())).against(
        "debug off",
        bar,
        inside(false, move || without()),
    )
}

fn of_spinlock() -> f64 {
    let lock = SpinLock::new(0);
    per(TIMES, || *black_box(&lock).lock() += 1)
}

fn of_mutex() -> f64 {
    let lock = KMutex::new(0);
    per(TIMES, || *black_box(&lock).lock() += 1)
}

fn of_rwsem() -> f64 {
    let lock = RwSemaphore::new(0);
    per(TIMES, || {
        black_box(*black_box(&lock).read());
    })
}

fn of_completion() -> f64 {
    let done = Completion::new();
    per(TIMES, || {
        complete(&done);
        wait_for_completion(&done);
    })
}

fn of_timer() -> f64 {
    let timer = Timer::new(|_| ());
    per(TIMES, || {
        mod_timer(&timer, jiffies() + HZ * 3600);
        timer_delete(&timer);
    })
}

fn of_works() -> f64 {
    let wq = Workqueue::new("checks", WQ_UNBOUND, 0).expect("a queue");
    let works: Vec<_> = (0..ITEMS).map(|_| Work::new(|_: &WorkStruct| ())).collect();
    let all = per(ITEMS, || {
        for work in &works {
            queue_work(&wq, work);
        }
        flush_workqueue(&wq);
    });
    all / f64::from(ITEMS)
}

fn of_creates() -> f64 {
    per(200, || {
        let task = kthread_run!(|()| 0, (), "checks").expect("a thread");
        _ = kthread_stop(&task);
    })
}

pub(crate) fn contests() -> Vec<Contest> {
    vec![
        contest("with debug: spinlock, lock and unlock", 75.0, of_spinlock),
        contest("with debug: mutex, lock and unlock", 90.0, of_mutex),
        contest("with debug: rwsem, down_read and up_read", 75.0, of_rwsem),
        contest("with debug: complete and wait, uncontended", 1.2, of_completion),
        contest("with debug: schedule and wake, ping-pong", 1.5, || sleep_ping_pong::<Schedule>(&kthreads())),
        contest("with debug: arm and delete a timer", 30.0, of_timer),
        contest("with debug: queue a work and run it", 15.0, of_works),
        contest("with debug: create, run, stop", 1.8, of_creates),
    ]
}
