//! The wheel against a sorted list: armed, armed anew, deleted and fired in any order, also from callbacks.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::pin::Pin;

const TIMERS: usize = 12;
const START: u64 = crate::clock::INITIAL_JIFFIES;

/// The sorted list: what is armed, with the jiffy that it will fire at, and the how-manieth arming it was.
#[derive(Default)]
struct List {
    armed: Vec<(usize, u64, u64)>,
    armings: u64,
    deleted_since_exact: bool,
}

impl List {
    fn remove(&mut self, timer: usize) -> bool {
        let before = self.armed.len();
        self.armed.retain(|(other, ..)| *other != timer);
        self.armed.len() != before
    }

    fn arm(&mut self, timer: usize, jiffy: u64) {
        self.armings += 1;
        self.armed.push((timer, jiffy, self.armings));
    }

    /// By jiffy, and of one jiffy the one that was armed last.
    fn first(&self) -> Option<(usize, u64)> {
        let first = self.armed.iter().min_by_key(|(_, jiffy, arming)| (*jiffy, Reverse(*arming)));
        first.map(|(timer, jiffy, _)| (*timer, *jiffy))
    }
}

struct Both {
    wheel: Box<Wheel>,
    nodes: Vec<Pin<Box<Node>>>,
    list: List,
    now: u64,
}

impl Both {
    fn new() -> Self {
        let nodes = (0..TIMERS).map(|_| Box::pin(Node::new(0))).collect();
        Self { wheel: Box::new(Wheel::new(START)), nodes, list: List::default(), now: START }
    }

    fn arm(&mut self, timer: usize, at: u64) {
        self.delete(timer);
        // What has passed is due with the first jiffy that has not been expired.
        let has_passed = (at.wrapping_sub(self.now) as i64) < 0;
        let due = if has_passed && at > self.now { 0 } else { at }.max(self.wheel.clk.get());
        self.list.arm(timer, due);
        // SAFETY: one thread; the node is in a box, and was just taken out.
        let told = unsafe { self.wheel.insert(&raw const *self.nodes[timer], at, || self.now) };
        assert_eq!(told, due);
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

    /// Time goes on to `now`; a timer that fires takes the next of `again` and arms itself anew by it.
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

/// From now: near and far, and what has passed.
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
    fn wheel_is_a_sorted_list(steps in vec(step(), 1..60)) {
        let mut both = Both::new();
        for step in steps {
            match step {
                Step::Arm(timer, at) => both.arm(timer, both.now.wrapping_add_signed(at)),
                Step::Delete(timer) => both.delete(timer),
                Step::Advance(by, again) => {
                    // The end of all jiffies is not what this is about.
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
    let mut both = Both::new();
    both.arm(0, START - 5);
    both.arm(1, START);
    // Both fire; 1, which was armed last, first, and then it arms itself for the past, behind 0.
    both.advance(START, &mut [Some(-9), None].into_iter());
    assert_eq!(both.list.first(), Some((1, START + 1)));
}

#[test]
fn no_timer_moves_more_often_than_there_are_levels() {
    let mut both = Both::new();
    both.arm(0, START + (1 << 50));
    let mut stops = 0;
    // SAFETY: one thread.
    while let Some(at) = unsafe { both.wheel.earliest() } {
        stops += 1;
        both.advance(at, &mut std::iter::empty());
    }
    assert_eq!(stops, 1, "the way to one far timer is one step");
}
