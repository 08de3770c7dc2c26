//! Compares the wheel with a sorted list: timers are armed, armed anew, deleted and fired in any
//! order, also from callbacks, by the kernel's rule and with exact times.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::pin::Pin;

const TIMERS: usize = 12;
const START: u64 = crate::clock::INITIAL_JIFFIES;

/// A timer that is armed.
struct Armed {
    timer: usize,
    tick: u64,
    /// The level in the kernel's wheel.
    level: u32,
    /// The serial number of the arming.
    arming: u64,
}

/// The sorted list of armed timers.
#[derive(Default)]
struct List {
    armed: Vec<Armed>,
    armings: u64,
    deleted_since_exact: bool,
}

impl List {
    fn remove(&mut self, timer: usize) -> bool {
        let before = self.armed.len();
        self.armed.retain(|armed| armed.timer != timer);
        self.armed.len() != before
    }

    fn arm(&mut self, timer: usize, expiry: Expiry) {
        self.armings += 1;
        self.armed.push(Armed { timer, tick: expiry.tick, level: expiry.level, arming: self.armings });
    }

    /// The order: by tick; within a tick the farthest level first; within a bucket the latest
    /// arming.
    fn first(&self) -> Option<(usize, u64)> {
        let first =
            self.armed.iter().min_by_key(|armed| (armed.tick, Reverse(armed.level), Reverse(armed.arming)));
        first.map(|armed| (armed.timer, armed.tick))
    }
}

struct Both {
    wheel: Box<Wheel>,
    nodes: Vec<Pin<Box<Node>>>,
    list: List,
    now: u64,
    exact: bool,
}

impl Both {
    fn new(exact: bool) -> Self {
        let nodes = (0..TIMERS).map(|_| Box::pin(Node::new(0))).collect();
        let wheel = Box::new(Wheel::new(0));
        wheel.set_time(START, exact);
        Self { wheel, nodes, list: List::default(), now: START, exact }
    }

    /// When a timer runs that was just armed for `at`.
    fn expiry(&self, at: u64) -> Expiry {
        let clk = self.wheel.clk.get();
        if !self.exact {
            let nothing_due = self.list.first().is_none_or(|(_, tick)| tick > self.now);
            assert!(
                clk > self.now || !nothing_due || self.list.deleted_since_exact,
                "it counts from the present"
            );
            return Expiry::of(at, clk);
        }
        // A past jiffy is due with the first jiffy that has not been expired.
        let has_passed = (at.wrapping_sub(self.now) as i64) < 0;
        Expiry { tick: if has_passed && at > self.now { 0 } else { at }.max(clk), level: 0 }
    }

    fn arm(&mut self, timer: usize, at: u64) {
        self.delete(timer);
        // SAFETY: one thread; the node is in a box, and was just taken out.
        let told = unsafe { self.wheel.insert(&raw const *self.nodes[timer], at, self.now) };
        let expiry = self.expiry(at);
        self.list.arm(timer, expiry);
        assert_eq!(told, expiry.tick);
        assert!(self.nodes[timer].is_pending());
        assert_eq!(self.nodes[timer].expires.load(Relaxed), at);
    }

    fn delete(&mut self, timer: usize) {
        // SAFETY: one thread; the node is in a box.
        let was = unsafe { self.wheel.remove(&raw const *self.nodes[timer]) };
        assert_eq!(was, self.list.remove(timer));
        assert!(!self.nodes[timer].is_pending());
        self.list.deleted_since_exact |= was;
    }

    fn check_earliest(&self) {
        // SAFETY: one thread.
        let earliest = unsafe { self.wheel.earliest() };
        match (earliest, self.list.first()) {
            (None, None) => {}
            (Some(at), Some((_, first))) if self.list.deleted_since_exact => assert!(at <= first),
            (Some(at), Some((_, first))) => assert_eq!(at, first),
            other => panic!("{other:?}"),
        }
    }

    /// Advances the time to `now`. Each timer that fires takes the next item of `again` and arms
    /// itself anew by it.
    fn advance(&mut self, now: u64, again: &mut impl Iterator<Item = Option<i64>>) {
        self.now = now;
        // SAFETY: one thread.
        while let Some(node) = unsafe { self.wheel.take_due(now) } {
            let timer = self.nodes.iter().position(|other| std::ptr::eq(&raw const **other, node));
            let timer = timer.expect("it is one of ours");
            let (first, jiffy) = self.list.first().expect("it was armed");
            assert!(jiffy <= now, "fired early");
            assert_eq!(timer, first, "fired before another");
            self.list.remove(timer);
            assert!(!self.nodes[timer].is_pending());
            if let Some(Some(after)) = again.next() {
                self.arm(timer, now.wrapping_add_signed(after));
            }
        }
        assert!(self.list.first().is_none_or(|(_, jiffy)| jiffy > now), "not fired");
        if self.list.armed.is_empty() {
            self.list.deleted_since_exact = false;
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Arm(usize, i64),
    Delete(usize),
    Advance(u64, Vec<Option<i64>>),
}

/// Distances from now: near, far and past.
fn distance() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 0..70i64, 4 => 0..5_000i64, 2 => 0..(1i64 << 40), 1 => 0..=i64::MAX, 2 => -100..0i64, 1 => i64::MIN..0]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..TIMERS, distance()).prop_map(|(timer, at)| Step::Arm(timer, at)),
        2 => (0..TIMERS).prop_map(Step::Delete),
        3 => (distance(), vec(proptest::option::of(distance()), 0..4))
            .prop_map(|(by, again)| Step::Advance(by.unsigned_abs() >> 2, again)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn wheel_is_a_sorted_list(steps in vec(step(), 1..60), exact: bool) {
        let mut both = Both::new(exact);
        for step in steps {
            match step {
                Step::Arm(timer, at) => both.arm(timer, both.now.wrapping_add_signed(at)),
                Step::Delete(timer) => both.delete(timer),
                Step::Advance(by, again) => {
                    // Jiffies near the end of the range are out of scope here.
                    let now = both.now.saturating_add(by).min(1 << 62);
                    both.advance(now, &mut again.into_iter());
                }
            }
            both.check_earliest();
        }
        // SAFETY: one thread.
        unsafe { both.wheel.clear() };
        prop_assert!(both.nodes.iter().all(|node| !node.is_pending()));
        prop_assert!(both.wheel.occupied.iter().all(|slots| slots.get() == 0));
    }
}

#[test]
fn a_timer_of_the_past_that_arms_itself_waits_for_the_next_jiffy() {
    let mut both = Both::new(true);
    both.arm(0, START - 5);
    both.arm(1, START);
    // Both fire, 1 first, since it was armed last; then 1 arms itself for the past, behind 0.
    both.advance(START, &mut [Some(-9), None].into_iter());
    assert_eq!(both.list.first(), Some((1, START + 1)));
}

#[test]
fn no_timer_moves_more_often_than_there_are_levels() {
    let mut both = Both::new(true);
    both.arm(0, START + (1 << 50));
    let mut stops = 0;
    // SAFETY: one thread.
    while let Some(at) = unsafe { both.wheel.earliest() } {
        stops += 1;
        both.advance(at, &mut std::iter::empty());
    }
    assert_eq!(stops, 1, "the way to one far timer is one step");
}

/// The timers that fire when time advances to `now`, in their order.
fn fired(both: &mut Both, now: u64) -> Vec<usize> {
    let before: Vec<_> = both.list.armed.iter().map(|armed| armed.timer).collect();
    let mut order = Vec::new();
    both.now = now;
    // SAFETY: one thread.
    while let Some(node) = unsafe { both.wheel.take_due(now) } {
        order.extend(before.iter().filter(|timer| std::ptr::eq(&raw const *both.nodes[**timer], node)));
    }
    both.list.armed.retain(|armed| !order.contains(&armed.timer));
    order
}

#[test]
fn the_far_bucket_of_a_tick_runs_first_and_a_bucket_runs_latest_armed_first() {
    let mut both = Both::new(false);
    let tick = (START + 200) & !7;
    // Two of level 1, whose bucket ends with `tick`, and later two of level 0.
    both.arm(0, tick - 5);
    both.arm(1, tick - 3);
    assert_eq!(fired(&mut both, tick - 30), []);
    both.arm(2, tick - 1);
    both.arm(3, tick - 1);
    assert_eq!(fired(&mut both, tick - 1), []);
    assert_eq!(fired(&mut both, tick), [1, 0, 3, 2]);
}

#[test]
fn a_timer_that_stays_in_its_bucket_keeps_its_turn() {
    let mut both = Both::new(false);
    let tick = (START + 200) & !7;
    both.arm(0, tick - 5);
    both.arm(1, tick - 3);
    let retime = |both: &Both, timer: usize, at| {
        // SAFETY: one thread; the node is on this wheel.
        unsafe { both.wheel.retime(&raw const *both.nodes[timer], at, both.now) }
    };
    assert!(retime(&both, 0, tick - 1), "another jiffy of the same bucket");
    assert_eq!(both.nodes[0].expires.load(Relaxed), tick - 1);
    assert!(!retime(&both, 0, tick), "the next bucket");
    assert_eq!(fired(&mut both, tick), [1, 0]);
}
