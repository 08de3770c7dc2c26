//! The validator: judges whether a lock may be taken. It knows classes, the order so far and the
//! classes that a task holds; it does not access tasks or locks.
//!
//! * **Recursion**: the task holds a lock of this class already. Another task may take two locks of
//!   the class in the opposite order. A subclass, or an outer lock that every such task holds,
//!   rules that out.
//! * **Order**: the step from a held class to this one closes a circle.
//! * **Interrupts**: an interrupt handler takes a class that tasks also hold with that interrupt
//!   enabled; or a chain leads from a class of the first sort to one of the second.
//!
//! The validator reports an order once for each pair of classes, and other faults once for each
//! class.

use super::class::{ClassId, Classes, Use};
use super::graph::{Marks, Order, Seen, Step, Way};
use super::{LockKind, Mode};
use crate::task::CallPlace;
use std::collections::HashSet;

/// A lock that the task holds, as the validator sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holds {
    pub(crate) address: usize,
    pub(crate) class: ClassId,
    pub(crate) mode: Mode,
    pub(crate) place: CallPlace,
}

/// An attempt to take a lock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) address: usize,
    pub(crate) class: ClassId,
    pub(crate) mode: Mode,
    /// It is a trylock, which does not wait.
    pub(crate) tries: bool,
    /// While the task holds this lock, it may take locks of one class in any order. With `ANY_NEST`
    /// it always may.
    pub(crate) nest: usize,
    pub(crate) place: CallPlace,
    pub(crate) context: Context,
}

/// The value of `nest` for a class whose locks have another order: that of a ww_mutex acquire
/// context.
pub(crate) const ANY_NEST: usize = usize::MAX;

/// Which interrupts are enabled for the task, and whether it runs in one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Context {
    pub(crate) in_hardirq: bool,
    pub(crate) in_softirq: bool,
    pub(crate) hardirqs_off: bool,
    pub(crate) softirqs_off: bool,
}

impl Context {
    /// Returns the uses of a lock that is taken or held in this context. A trylock does not wait,
    /// so a trylock in an interrupt does not count.
    fn uses(self, tries: bool) -> impl Iterator<Item = Use> {
        Use::ALL.into_iter().filter(move |how| match how {
            Use::Inside { soft: false } => self.in_hardirq && !tries,
            Use::Inside { soft: true } => self.in_softirq && !tries,
            Use::Open { soft: false } => !self.hardirqs_off,
            Use::Open { soft: true } => !self.hardirqs_off && !self.softirqs_off,
        })
    }
}

/// A fault that the validator found.
#[derive(Debug, Clone)]
pub(crate) enum Finding {
    /// The task holds a lock of this class already.
    Recursion { held: Holds },
    /// The task takes the lock after `held`, but `chain` leads from the lock to `held`.
    Circle { held: Holds, chain: Vec<Step> },
    /// The class has two uses that exclude each other. `before` is the place of the earlier use.
    Inconsistent { class: ClassId, now: Use, before: CallPlace },
    /// An interrupt takes `inside`, at `inside_at`. A task takes `open`, which comes after `inside`
    /// in the order, with that interrupt enabled.
    OpenAfterInside {
        inside: ClassId,
        inside_at: CallPlace,
        open: ClassId,
        open_at: CallPlace,
        soft: bool,
        chain: Vec<Step>,
    },
}

/// The validator of a Kernel.
#[derive(Debug, Default)]
pub(crate) struct Validator {
    pub(crate) classes: Classes,
    order: Order,
    reported_pairs: HashSet<(ClassId, ClassId)>,
    reported_recursions: HashSet<ClassId>,
    reported_interrupts: HashSet<(ClassId, bool)>,
}

impl Validator {
    /// A task that holds `held` takes a lock: checks this, records it, and returns the faults.
    pub(crate) fn take(&mut self, held: &[Holds], wanted: &Wanted) -> Vec<Finding> {
        let mut findings = Vec::new();
        for how in wanted.context.uses(wanted.tries) {
            self.note_use(wanted.class, wanted.mode, how, wanted.place, &mut findings);
        }
        if wanted.tries {
            return findings;
        }
        let nested = wanted.nest != 0
            && (wanted.nest == ANY_NEST || held.iter().any(|one| one.address == wanted.nest));
        for one in held {
            if one.class == wanted.class {
                if let Some(finding) = self.recursion(one, wanted, nested) {
                    findings.push(finding);
                }
            } else if let Some(finding) = self.step(one, wanted, &mut findings) {
                findings.push(finding);
            }
        }
        findings
    }

    /// A task that holds these locks has enabled interrupts again.
    pub(crate) fn opened(&mut self, held: &[Holds], context: Context, place: CallPlace) -> Vec<Finding> {
        let mut findings = Vec::new();
        for one in held {
            for how in context.uses(true) {
                self.note_use(one.class, one.mode, how, place, &mut findings);
            }
        }
        findings
    }

    fn recursion(&mut self, held: &Holds, wanted: &Wanted, nested: bool) -> Option<Finding> {
        let reads_again = wanted.mode == Mode::Recursive && held.mode.is_read();
        // A second wait for the same lock is reported where the wait begins.
        let reported_elsewhere =
            held.address == wanted.address && !(held.mode.is_read() && wanted.mode.is_read());
        (!nested && !reads_again && !reported_elsewhere && self.reported_recursions.insert(wanted.class))
            .then_some(Finding::Recursion { held: *held })
    }

    /// Returns the circle that the step from `held` to `wanted` closes. If it closes none, adds the
    /// step and checks the interrupt rules for it.
    fn step(&mut self, held: &Holds, wanted: &Wanted, findings: &mut Vec<Finding>) -> Option<Finding> {
        let (from, to) = (held.class, wanted.class);
        let marks = Marks::new(held.mode, wanted.mode);
        let pair = (from.min(to), from.max(to));
        if self.order.has(from, to, marks) || self.reported_pairs.contains(&pair) {
            return None;
        }
        if let Some(chain) = self.order.chain(to, wanted.mode, from, held.mode) {
            self.reported_pairs.insert(pair);
            return Some(Finding::Circle { held: *held, chain });
        }
        self.order.add(from, to, marks, Seen { held_at: held.place, taken_at: wanted.place });
        let before = self.order.reach(from, held.mode, Way::Backward);
        let after = self.order.reach(to, wanted.mode, Way::Forward);
        findings.extend(self.open_after_inside(&before, &after));
        None
    }

    /// Finds a class of `before` that an interrupt takes, and a class of `after` that a task takes
    /// with that interrupt enabled.
    fn open_after_inside(&mut self, before: &[ClassId], after: &[ClassId]) -> Option<Finding> {
        for soft in [false, true] {
            for &inside in before {
                for &open in after.iter().filter(|&&open| open != inside) {
                    let Some((inside_at, open_at)) = self.conflict(inside, open, soft) else { continue };
                    let reported =
                        [inside, open].into_iter().any(|one| self.reported_interrupts.contains(&(one, soft)));
                    if reported {
                        continue;
                    }
                    let Some(chain) = self.order.chain(inside, Mode::Alone, open, Mode::Alone) else {
                        continue;
                    };
                    self.reported_interrupts.extend([(inside, soft), (open, soft)]);
                    return Some(Finding::OpenAfterInside { inside, inside_at, open, open_at, soft, chain });
                }
            }
        }
        None
    }

    /// Returns the places where an interrupt takes `inside`, and where a task takes `open` with
    /// that interrupt enabled. At least one of the two is a writer.
    fn conflict(&self, inside: ClassId, open: ClassId, soft: bool) -> Option<(CallPlace, CallPlace)> {
        let (inside, open) = (self.classes.class(inside), self.classes.class(open));
        [(false, false), (false, true), (true, false)].into_iter().find_map(|(inside_read, open_read)| {
            let inside_at = inside.used(Use::Inside { soft }, inside_read)?;
            Some((inside_at, open.used(Use::Open { soft }, open_read)?))
        })
    }

    fn note_use(
        &mut self,
        class: ClassId,
        mode: Mode,
        how: Use,
        place: CallPlace,
        findings: &mut Vec<Finding>,
    ) {
        let of = self.classes.class_mut(class);
        // The check for sleeping in an interrupt already reports a sleeping lock there.
        if !of.kind.spins() || !of.note_use(how, mode, place) {
            return;
        }
        let opposite = how.opposite();
        let by_writer = of.used(opposite, false);
        let before = if mode.is_read() { by_writer } else { by_writer.or(of.used(opposite, true)) };
        if let Some(before) = before {
            if self.reported_interrupts.insert((class, how.is_soft())) {
                findings.push(Finding::Inconsistent { class, now: how, before });
            }
            return;
        }
        let alone = [class];
        let finding = match how {
            Use::Inside { .. } => {
                let after = self.order.reach(class, mode, Way::Forward);
                self.open_after_inside(&alone, &after)
            }
            Use::Open { .. } => {
                let before = self.order.reach(class, mode, Way::Backward);
                self.open_after_inside(&before, &alone)
            }
        };
        findings.extend(finding);
    }
}

impl LockKind {
    /// True if a waiter spins, as an interrupt must.
    pub(crate) fn spins(self) -> bool {
        matches!(self, Self::SpinLock | Self::RwLock)
    }
}
