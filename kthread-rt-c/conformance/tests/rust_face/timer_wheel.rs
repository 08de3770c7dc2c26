//! The timer wheel as seen from outside, as `questions/timer_wheel.c` asks of it.

use crate::ask::*;

cases![near, order, moved_back, levels, from_callback];

/// A timer that notes how late it was, and which turn it had.
struct Late {
    timer: Timer,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    fired: Completion,
    by: AtomicI64,
    turn: AtomicI64,
}

impl Late {
    fn new(turns: &Arc<AtomicI64>) -> Self {
        Self::first(turns, || {})
    }

    /// One whose callback does this first.
    fn first(turns: &Arc<AtomicI64>, first: impl Fn() + Send + 'static) -> Self {
        let seen = Arc::new(Seen::default());
        let (its, turns) = (seen.clone(), turns.clone());
        let timer = Timer::new(move |timer| {
            first();
            its.by.store((jiffies() - timer.expires()) as i64, SeqCst);
            its.turn.store(turns.fetch_add(1, SeqCst) + 1, SeqCst);
            complete(&its.fired);
        });
        Self { timer, seen }
    }

    fn wait(&self) {
        wait_for_completion(&self.seen.fired);
    }

    fn turn(&self) -> String {
        self.seen.turn.load(SeqCst).to_string()
    }
}

/// How often it is asked at most, as long as all were later than the kernel's rule says.
const ROUNDS: u32 = 25;

fn near() {
    for off in [1, 3, 20, 55] {
        let mut least = i64::MAX;
        for _ in 0..ROUNDS {
            let turns = Arc::default();
            let timers = [(); 8].map(|()| Late::new(&turns));
            for (ahead, late) in (0..).zip(&timers) {
                mod_timer(&late.timer, jiffies() + off + ahead);
            }
            timers.iter().for_each(Late::wait);
            least = timers.iter().map(|late| late.seen.by.load(SeqCst)).fold(least, i64::min);
            if least <= 1 {
                break;
            }
        }
        answer!("off={off} late={least}");
    }
}

/// Arms timers for times from some jiffy on, once more if that was near before all were armed. A
/// machine may be that slow, and a process can't keep others away as a kernel can.
fn in_time<T>(at: impl Fn() -> u64, arm: impl Fn(u64) -> T) -> T {
    loop {
        let at = at();
        let armed = arm(at);
        if time_before(jiffies(), at) {
            return armed;
        }
    }
}

/// At least so far off, and a multiple.
fn off(least: u64, multiple: u64) -> u64 {
    let at = jiffies() + least;
    at - at % multiple + multiple
}

/// Which turn each of four had, armed in their order for a jiffy plus each.
fn in_order(what: &str, at: impl Fn() -> u64, plus: [u64; 4], moved: Option<u64>) {
    let timers = in_time(at, |at| {
        let turns = Arc::default();
        let timers = plus.map(|plus| {
            let late = Late::new(&turns);
            mod_timer(&late.timer, at + plus);
            late
        });
        if let Some(moved) = moved {
            mod_timer(&timers[1].timer, at + moved);
        }
        timers
    });
    timers.iter().for_each(Late::wait);
    answer!("{what} turns={}", timers.each_ref().map(Late::turn).join(","));
}

fn order() {
    let near = || jiffies() + 10;
    let (same, rising, falling) = ([0; 4], [0, 1, 2, 3], [3, 2, 1, 0]);
    in_order("one_jiffy", near, same, None);
    in_order("rising", near, rising, None);
    in_order("falling", near, falling, None);
    in_order("set_to_the_same", near, same, Some(0));
    in_order("set_later", near, same, Some(1));
    // Of the second level all are in one bucket.
    let bucket = || off(80, 8);
    in_order("bucket_rising", bucket, rising, None);
    in_order("bucket_falling", bucket, falling, None);
    in_order("moved_inside", bucket, falling, Some(6));
    in_order("moved_outside", bucket, falling, Some(9));
}

fn moved_back() {
    for way in 0..3 {
        let timers = in_time(
            || jiffies() + 10,
            |at| {
                let turns = Arc::default();
                let timers = [(); 3].map(|()| Late::new(&turns));
                for late in &timers {
                    mod_timer(&late.timer, at);
                }
                let first = &timers[0].timer;
                if way == 1 {
                    timer_delete(first);
                } else {
                    mod_timer(first, at + 20);
                }
                if way == 2 {
                    timer_reduce(first, at);
                } else {
                    mod_timer(first, at);
                }
                timers
            },
        );
        timers.iter().for_each(Late::wait);
        answer!("way={way} turns={}", timers.each_ref().map(Late::turn).join(","));
    }
}

fn levels() {
    let timers = in_time(
        || off(80, 8),
        |at| {
            let turns = Arc::default();
            let timers = [(); 3].map(|()| Late::new(&turns));
            mod_timer(&timers[0].timer, at + 3);
            // By now the end of its bucket is near.
            while time_before(jiffies(), at - 20) {
                schedule_timeout_uninterruptible(1);
            }
            mod_timer(&timers[1].timer, at + 7);
            mod_timer(&timers[2].timer, at + 6);
            timers
        },
    );
    timers.iter().for_each(Late::wait);
    let [coarse, same_end, one_earlier] = timers.each_ref().map(Late::turn);
    answer!("coarse={coarse} same_end={same_end} one_earlier={one_earlier}");
}

fn from_callback() {
    let (first, arms, armed) = in_time(
        || jiffies() + 5,
        |at| {
            let turns = Arc::default();
            let armed = Arc::new(Late::new(&turns));
            let its = armed.clone();
            let first = Late::new(&turns);
            let arms = Late::first(&turns, move || _ = mod_timer(&its.timer, jiffies()));
            mod_timer(&first.timer, at);
            mod_timer(&arms.timer, at);
            (first, arms, armed)
        },
    );
    armed.wait();
    first.wait();
    arms.wait();
    answer!("first={} arms={} armed={}", first.turn(), arms.turn(), armed.turn());
}
