//! The validator's findings in words: a sentence about the call, and a line for each step of a
//! chain.

use super::LockKind;
use super::check::{Finding, Holds, Validator, Wanted};
use super::class::{ClassId, Key};
use super::graph::Step;
use crate::task::{CallPlace, Entry, KernelState};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What names a class.
#[derive(Debug)]
struct Named {
    key: Key,
    subclass: u32,
    kind: LockKind,
    name: Option<Box<str>>,
}

impl Named {
    fn of(validator: &Validator, class: ClassId) -> Self {
        let class = validator.classes.class(class);
        Self { key: class.key, subclass: class.subclass, kind: class.kind, name: class.name.clone() }
    }

    fn text(&self, kernel_state: &KernelState) -> String {
        let Self { key, subclass, kind, name } = self;
        let mut text = match (name, key) {
            (Some(name), _) => format!("{kind} {name}"),
            (None, Key::Made(place)) => format!("{kind} made at {place}"),
            (None, Key::Address(address)) => match kernel_state.name_variable(*address) {
                Some(variable) => format!("{kind} {variable}"),
                None => format!("{kind} {address:#x}"),
            },
        };
        if *subclass != 0 {
            // A String takes everything.
            _ = write!(text, "/{subclass}");
        }
        text
    }
}

/// The name of a held lock: that of its class or its variable.
pub(super) fn name_of(kernel_state: &KernelState, lock: &Entry) -> String {
    let Entry { address, kind, class, .. } = *lock;
    let named = class.map(|class| Named::of(&super::validator(kernel_state).lock(), class));
    match named {
        Some(named) => named.text(kernel_state),
        None => Named { key: Key::Address(address), subclass: 0, kind, name: None }.text(kernel_state),
    }
}

/// A finding, and the names of its classes.
#[derive(Debug)]
pub(super) struct Report {
    finding: Finding,
    wanted: Option<(ClassId, CallPlace)>,
    names: BTreeMap<ClassId, Named>,
}

impl Report {
    /// Collects what it needs while the validator is locked.
    pub(super) fn new(validator: &Validator, finding: &Finding, wanted: Option<&Wanted>) -> Self {
        let mut classes: Vec<ClassId> = wanted.iter().map(|wanted| wanted.class).collect();
        match finding {
            Finding::Recursion { held } => classes.push(held.class),
            Finding::Circle { held, chain } => {
                classes.push(held.class);
                classes.extend(chain.iter().flat_map(|step| [step.from, step.to]));
            }
            Finding::Inconsistent { class, .. } => classes.push(*class),
            Finding::OpenAfterInside { inside, open, chain, .. } => {
                classes.extend([*inside, *open]);
                classes.extend(chain.iter().flat_map(|step| [step.from, step.to]));
            }
        }
        let named = |id| (id, Named::of(validator, id));
        Self {
            finding: finding.clone(),
            wanted: wanted.map(|wanted| (wanted.class, wanted.place)),
            names: classes.into_iter().map(named).collect(),
        }
    }

    fn name(&self, class: ClassId, kernel_state: &KernelState) -> String {
        self.names.get(&class).map_or_else(String::new, |named| named.text(kernel_state))
    }

    fn chain(&self, chain: &[Step], kernel_state: &KernelState) -> String {
        let line = |step: &Step| {
            let place = |place| kernel_state.name_place(place);
            format!(
                "\n  {} (at {}), then {} (at {})",
                self.name(step.from, kernel_state),
                place(step.seen.held_at),
                self.name(step.to, kernel_state),
                place(step.seen.taken_at)
            )
        };
        chain.iter().map(line).collect()
    }

    /// The message.
    pub(super) fn text(&self, kernel_state: &KernelState) -> String {
        let place = |place| kernel_state.name_place(place);
        let wanted = self.wanted.map_or_else(String::new, |(class, _)| self.name(class, kernel_state));
        match &self.finding {
            Finding::Recursion { held: Holds { address, place: at, .. } } => format!(
                "possible recursive locking detected: the task holds a lock of the same class, {wanted}, taken at {}: {address:#x}; \
                 give them subclasses (_nested) if there is an order among them",
                place(*at)
            ),
            Finding::Circle { held, chain } => {
                let first = self.name(held.class, kernel_state);
                format!(
                    "possible circular locking dependency detected: {wanted} is taken here with {first} held (taken at {}), \
                     and elsewhere in the other order:{}",
                    place(held.place),
                    self.chain(chain, kernel_state)
                )
            }
            Finding::Inconsistent { class, now, before, .. } => {
                let (here, there) = (now.text(), now.opposite().text());
                format!(
                    "inconsistent lock state: {} is taken here {here}, and was taken {there} at {}; take it with {}",
                    self.name(*class, kernel_state),
                    place(*before),
                    if now.is_soft() { "spin_lock_bh or _irqsave" } else { "spin_lock_irqsave" }
                )
            }
            Finding::OpenAfterInside { inside, inside_at, open, open_at, soft, chain } => {
                let irq = if *soft { "SOFTIRQ" } else { "HARDIRQ" };
                format!(
                    "{irq}-safe -> {irq}-unsafe lock order detected: an interrupt takes {} (at {}), and {}, \
                     which comes after it, is taken where that interrupt may come (at {}):{}",
                    self.name(*inside, kernel_state),
                    place(*inside_at),
                    self.name(*open, kernel_state),
                    place(*open_at),
                    self.chain(chain, kernel_state)
                )
            }
        }
    }
}

impl super::class::Use {
    fn text(self) -> &'static str {
        match self {
            Self::Inside { soft: false } => "in a hardirq",
            Self::Inside { soft: true } => "in a softirq",
            Self::Open { soft: false } => "with interrupts on",
            Self::Open { soft: true } => "with softirqs on",
        }
    }
}
