//! Timers: the cost of one among a million armed ones, against among ten. The expiries are random
//! within an hour.

use crate::contest::{Contest, mean};
use kthread_rt::prelude::*;
use std::time::Instant;

const BATCH: usize = 256;
const TIMES: u32 = 40;
const FEW: usize = 10;
const MANY: usize = 1_000_000;

/// A Kernel with armed timers, and some more to operate on.
struct Armed {
    kernel: Kernel,
    hands: Vec<Timer>,
    _armed: Vec<Timer>,
    random: u64,
}

impl Armed {
    fn new(count: usize) -> Self {
        let kernel = Kernel::builder().boot().expect("a Kernel boots");
        let inside = kernel.enter();
        let timers = |count| (0..count).map(|_| Timer::new(|_| ())).collect::<Vec<_>>();
        let mut this = Self { hands: timers(BATCH), _armed: timers(count), random: 0x9E37_79B9, kernel };
        for number in 0..count {
            let expires = this.expires();
            mod_timer(&this._armed[number], expires);
        }
        drop(inside);
        this
    }

    fn expires(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        jiffies() + 3600 * HZ + self.random % (3600 * HZ)
    }

    /// Arms the extra timers if `armed`, then does `f` with each of them; returns the time for one.
    fn each(&mut self, armed: bool, f: fn(&Timer, u64)) -> f64 {
        let kernel = self.kernel.clone();
        let _inside = kernel.enter();
        let time = mean(TIMES, || {
            if armed {
                for hand in 0..BATCH {
                    let expires = self.expires();
                    mod_timer(&self.hands[hand], expires);
                }
            }
            let expiries: Vec<u64> = (0..BATCH).map(|_| self.expires()).collect();
            let start = Instant::now();
            for (timer, expires) in self.hands.iter().zip(expiries) {
                f(timer, expires);
            }
            let took = start.elapsed();
            for timer in &self.hands {
                timer_delete(timer);
            }
            took
        });
        time / BATCH as f64
    }
}

fn contest(what: &'static str, armed: bool, f: fn(&Timer, u64)) -> Contest {
    let (mut few, mut many) = (Armed::new(FEW), Armed::new(MANY));
    Contest::new(what, 21, move || many.each(armed, f)).against("among ten", 2.0, move || few.each(armed, f))
}

pub(crate) fn contests() -> Vec<Contest> {
    vec![
        contest("arm a timer among 10⁶", false, |timer, expires| {
            mod_timer(timer, expires);
        }),
        contest("re-arm a timer among 10⁶", true, |timer, expires| {
            mod_timer(timer, expires);
        }),
        contest("delete a timer among 10⁶", true, |timer, _| assert_eq!(timer_delete(timer), 1)),
    ]
}
