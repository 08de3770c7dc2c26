//! The structures that hold timers: ours, and those of a port without a timer wheel.

use kthread_rt::prelude::*;
use parking_lot::Mutex;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// Timers by their numbers, some of them armed.
pub(crate) trait Timers {
    fn new(count: usize) -> Self;

    /// Arms a timer, or re-arms it.
    fn arm(&mut self, number: usize, expires: u64);

    fn delete(&mut self, number: usize);
}

pub(crate) struct Wheel(Vec<Timer>);

impl Timers for Wheel {
    fn new(count: usize) -> Self {
        Self((0..count).map(|_| Timer::new(|_| ())).collect())
    }

    fn arm(&mut self, number: usize, expires: u64) {
        mod_timer(&self.0[number], expires);
    }

    fn delete(&mut self, number: usize) {
        assert_eq!(timer_delete(&self.0[number]), 1);
    }
}

#[derive(Default)]
struct Tree {
    tree: BTreeSet<(u64, usize)>,
    /// The expiry of each armed timer, 0 for the others.
    expiries: Vec<u64>,
}

pub(crate) struct LockedTree(Mutex<Tree>);

impl Timers for LockedTree {
    fn new(count: usize) -> Self {
        Self(Mutex::new(Tree { expiries: vec![0; count], ..Tree::default() }))
    }

    fn arm(&mut self, number: usize, expires: u64) {
        let Tree { tree, expiries } = &mut *self.0.lock();
        if expiries[number] != 0 {
            tree.remove(&(expiries[number], number));
        }
        expiries[number] = expires;
        tree.insert((expires, number));
    }

    fn delete(&mut self, number: usize) {
        let Tree { tree, expiries } = &mut *self.0.lock();
        assert!(tree.remove(&(expiries[number], number)));
        expiries[number] = 0;
    }
}

/// An entry is valid if it has the age in the table; odd ages are those of armed timers.
#[derive(Default)]
struct Heap {
    heap: BinaryHeap<Reverse<(u64, usize, u64)>>,
    ages: Vec<u64>,
    armed: usize,
}

impl Heap {
    fn tidy(&mut self) {
        if self.heap.len() > 64 && self.heap.len() > 2 * self.armed {
            let ages = &self.ages;
            self.heap.retain(|Reverse((_, number, age))| ages[*number] == *age);
        }
    }
}

pub(crate) struct LazyHeap(Mutex<Heap>);

impl Timers for LazyHeap {
    fn new(count: usize) -> Self {
        Self(Mutex::new(Heap { ages: vec![0; count], ..Heap::default() }))
    }

    fn arm(&mut self, number: usize, expires: u64) {
        let heap = &mut *self.0.lock();
        let age = &mut heap.ages[number];
        heap.armed += usize::from(*age & 1 == 0);
        *age += if *age & 1 == 0 { 1 } else { 2 };
        heap.heap.push(Reverse((expires, number, *age)));
        heap.tidy();
    }

    fn delete(&mut self, number: usize) {
        let heap = &mut *self.0.lock();
        assert_eq!(heap.ages[number] & 1, 1);
        heap.ages[number] += 1;
        heap.armed -= 1;
        heap.tidy();
    }
}
