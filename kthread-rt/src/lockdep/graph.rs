//! The lock order: which class was taken with which class held. Pure data; `check` judges it.
//!
//! Each step from a class to the next has two marks: whether the first was held for reading, and
//! whether the next was taken by a *recursive* reader, which can join other readers even if a
//! writer waits. A recursive reader waits for writers only. So a chain is broken at a class if a
//! recursive reader takes it in the step to it, and a reader holds it in the step from it: no task
//! waits there. An unbroken circle of steps is a possible deadlock.

use super::Mode;
use super::class::ClassId;
use crate::task::CallPlace;
use std::collections::{HashMap, VecDeque};

/// The two marks of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    /// A reader held the first class.
    pub(super) from_read: bool,
    /// A recursive reader took the next class.
    pub(super) to_recursive: bool,
}

impl Marks {
    const ALL: [Self; 4] = [Self::of(0), Self::of(1), Self::of(2), Self::of(3)];

    pub(super) fn new(from: Mode, to: Mode) -> Self {
        Self { from_read: from.is_read(), to_recursive: to == Mode::Recursive }
    }

    const fn of(index: usize) -> Self {
        Self { from_read: index & 1 != 0, to_recursive: index & 2 != 0 }
    }

    fn index(self) -> usize {
        usize::from(self.from_read) | usize::from(self.to_recursive) << 1
    }
}

/// The places of the first occurrence of a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    /// The place where the first class was taken.
    pub(super) held_at: CallPlace,
    /// The place where the next class was taken.
    pub(super) taken_at: CallPlace,
}

/// A step of a chain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(super) from: ClassId,
    pub(super) to: ClassId,
    pub(super) seen: Seen,
}

/// The steps of one pair, by their marks.
type Steps = [Option<Seen>; 4];

/// The previous state of a walk, and the step from it; `None` at the start.
type Came = Option<((ClassId, bool), Step)>;

/// The order.
#[derive(Debug, Default)]
pub(crate) struct Order {
    after: HashMap<ClassId, HashMap<ClassId, Steps>>,
    before: HashMap<ClassId, Vec<ClassId>>,
}

/// Which way to walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To classes that are taken later.
    Forward,
    /// To classes that are held before.
    Backward,
}

impl Order {
    /// True if the step is known.
    pub(crate) fn has(&self, from: ClassId, to: ClassId, marks: Marks) -> bool {
        self.steps(from, to).is_some_and(|steps| steps[marks.index()].is_some())
    }

    /// Adds a step.
    pub(crate) fn add(&mut self, from: ClassId, to: ClassId, marks: Marks, seen: Seen) {
        let is_new = self.steps(from, to).is_none();
        self.after.entry(from).or_default().entry(to).or_default()[marks.index()].get_or_insert(seen);
        if is_new {
            self.before.entry(to).or_default().push(from);
        }
    }

    fn steps(&self, from: ClassId, to: ClassId) -> Option<&Steps> {
        self.after.get(&from)?.get(&to)
    }

    /// Returns the shortest chain from `from`, taken in `first` mode, to `to`, held in `last` mode,
    /// that is unbroken, also at its ends: with a step from `to` to `from` it is a circle.
    pub(crate) fn chain(&self, from: ClassId, first: Mode, to: ClassId, last: Mode) -> Option<Vec<Step>> {
        // A state is a class, and whether a recursive reader takes it in the step to it. If not,
        // more steps can follow.
        let begin = (from, first == Mode::Recursive);
        let mut came = HashMap::from([(begin, None)]);
        let mut next = VecDeque::from([begin]);
        while let Some(state @ (class, recursive)) = next.pop_front() {
            if class == to && state != begin && !(recursive && last.is_read()) {
                return Some(Self::back_from(state, &came));
            }
            for (&then, steps) in self.after.get(&class).into_iter().flatten() {
                for marks in Marks::ALL.into_iter().filter(|marks| !(recursive && marks.from_read)) {
                    let Some(seen) = steps[marks.index()] else { continue };
                    let after = (then, marks.to_recursive);
                    came.entry(after).or_insert_with(|| {
                        next.push_back(after);
                        Some((state, Step { from: class, to: then, seen }))
                    });
                }
            }
        }
        None
    }

    fn back_from(mut state: (ClassId, bool), came: &HashMap<(ClassId, bool), Came>) -> Vec<Step> {
        let mut chain = Vec::new();
        while let Some(Some((before, step))) = came.get(&state) {
            chain.push(*step);
            state = *before;
        }
        chain.reverse();
        chain
    }

    /// Returns `from` and the classes that a chain leads to from it, or, backward, those from which
    /// a chain leads to it. The nearest classes come first. `mode` is how `from` is taken, or held.
    pub(crate) fn reach(&self, from: ClassId, mode: Mode, way: Way) -> Vec<ClassId> {
        // The mark that closes a class to the walk: forward, that of the step to it; backward, that
        // of the step from it.
        let closed = match way {
            Way::Forward => mode == Mode::Recursive,
            Way::Backward => mode.is_read(),
        };
        let mut seen = vec![(from, closed)];
        let mut at = 0;
        while let Some(&(class, closed)) = seen.get(at) {
            at += 1;
            let mut visit = |other, steps: &Steps| {
                for marks in Marks::ALL.into_iter().filter(|marks| steps[marks.index()].is_some()) {
                    let (near, far) = match way {
                        Way::Forward => (marks.from_read, marks.to_recursive),
                        Way::Backward => (marks.to_recursive, marks.from_read),
                    };
                    let known = seen.contains(&(other, far));
                    if !(known || closed && near) {
                        seen.push((other, far));
                    }
                }
            };
            match way {
                Way::Forward => {
                    self.after
                        .get(&class)
                        .into_iter()
                        .flatten()
                        .for_each(|(&other, steps)| visit(other, steps));
                }
                Way::Backward => {
                    for &other in self.before.get(&class).into_iter().flatten() {
                        if let Some(steps) = self.steps(other, class) {
                            visit(other, steps);
                        }
                    }
                }
            }
        }
        let mut classes: Vec<ClassId> = Vec::new();
        for (class, _) in seen {
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        classes
    }
}
