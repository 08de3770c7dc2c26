//! The lock validator of a Kernel with [`debug`](crate::KernelBuilder::debug): the kernel's
//! lockdep.
//!
//! Each lock calls [`wants`] before it waits, [`has`] when the task holds it, [`tried`] after a
//! trylock that succeeded, and [`lets_go`] when it is released. So the task's list of held locks is
//! complete, and the validator can judge the order in which locks are taken: `class` says which
//! locks belong together, `graph` stores the order, `check` judges, `report` writes the message.
//! `left` checks what a thread, a work item or a callback leaves behind.
//!
//! Without debug, every call checks [`on`] and nothing else.

mod check;
mod class;
mod graph;
mod left;
#[cfg(all(test, not(any(loom, shuttle))))]
mod oracle;
mod report;
mod say;

pub(crate) use crate::task::{LockKind, Mode};
pub(crate) use check::ANY_NEST;
pub use left::Balance;
pub(crate) use left::{Callback, Outside, report_task_ends, told_by_oops};
pub use say::*;

use crate::diag::WarningKind;
use crate::sched::{HARDIRQ_OFFSET, IRQS_OFF, SOFTIRQ_DISABLE_MASK, SOFTIRQ_OFFSET, has_irqs_off};
use crate::sync::{self, Mutex, Ordering, os};
use crate::task::{Entry, KernelState, Next, Pending, Subsystem, SubsystemId, TaskStruct};
use check::{Context, Holds, Validator, Wanted};
use class::{ClassId, Key};
use std::ops::DerefMut;
use std::panic::Location;
use std::ptr;

/// True if a Kernel of this process has debug.
#[inline(always)]
pub(crate) fn on() -> bool {
    sync::debugs()
}

/// A lock, and how it is taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lock {
    pub(crate) kind: LockKind,
    pub(crate) address: usize,
    pub(crate) mode: Mode,
    /// The key of its class, if all locks of its kind know one; else 0.
    pub(crate) key: usize,
}

impl Lock {
    pub(crate) fn new<L>(kind: LockKind, lock: *const L, mode: Mode) -> Self {
        Self { kind, address: lock.addr(), mode, key: 0 }
    }
}

/// The validator of a Kernel.
pub(crate) struct Known(Mutex<Validator>);

impl Subsystem for Known {
    const ID: SubsystemId = SubsystemId::Lockdep;

    fn new() -> Self {
        Self(Mutex::new(Validator::default()))
    }
}

fn validator(kernel_state: &KernelState) -> &Mutex<Validator> {
    &kernel_state.subsystem::<Known>().0
}

/// `me`, the current task, is about to take `lock`, and may wait for it. `nest`: see [`Wanted`].
#[cold]
pub(crate) fn wants(me: &TaskStruct, lock: Lock, nest: usize, call: &str, place: &'static Location<'static>) {
    if me.kernel_state().debug {
        judge(me, lock, nest, false, call, place);
    }
}

/// `me` has the lock that it [wanted](wants).
#[cold]
pub(crate) fn has(me: &TaskStruct, lock: Lock, place: &'static Location<'static>) {
    if !me.kernel_state().debug {
        return;
    }
    let all = me.held().all();
    let pending = all.take_pending(lock.address).unwrap_or_else(|| Pending {
        address: lock.address,
        class: class_of(me.kernel_state(), lock, Next::default()),
        place: me.kernel_state().place_of_call(place),
        non_owner: false,
    });
    if !pending.non_owner {
        let Lock { kind, address, mode, .. } = lock;
        all.add(Entry {
            address,
            kind,
            mode,
            class: pending.class,
            place: pending.place,
            told: false,
            gone: false,
        });
    }
}

/// `me` has taken the lock by a trylock.
#[cold]
pub(crate) fn tried(me: &TaskStruct, lock: Lock, call: &str, place: &'static Location<'static>) {
    tries(me, lock, call, place);
    has(me, lock, place);
}

/// The first half of [`tried`].
#[cold]
pub(crate) fn tries(me: &TaskStruct, lock: Lock, call: &str, place: &'static Location<'static>) {
    if me.kernel_state().debug {
        judge(me, lock, 0, true, call, place);
    }
}

/// [`tried`], or the attempt failed.
#[cold]
pub(crate) fn tried_or_not(
    me: &TaskStruct,
    taken: bool,
    lock: Lock,
    call: &str,
    place: &'static Location<'static>,
) {
    match taken {
        true => tried(me, lock, call, place),
        false => gave_up(me),
    }
}

/// `me` did not take the lock that it [wanted](wants).
#[cold]
pub(crate) fn gave_up(me: &TaskStruct) {
    if let Some(all) = me.held().all_if_any() {
        all.set_pending(None);
        all.take_next();
    }
}

fn judge(
    me: &TaskStruct,
    lock: Lock,
    nest: usize,
    tries: bool,
    call: &str,
    place: &'static Location<'static>,
) {
    let kernel_state = me.kernel_state();
    let all = me.held().all();
    let next = all.take_next();
    let at = kernel_state.place_of_call(place);
    let held = holds(me);
    let Lock { address, mode, .. } = lock;
    let (class, mut validator) = with_class(kernel_state, lock, next);
    all.set_pending(Some(Pending { address, class, place: at, non_owner: next.non_owner }));
    let Some(class) = class else { return };
    let nest = if nest == 0 { next.nest } else { nest };
    let wanted = Wanted { address, class, mode, tries, nest, place: at, context: context_of(me) };
    let findings = validator.take(&held, &wanted);
    let reports: Vec<_> =
        findings.iter().map(|finding| report::Report::new(&validator, finding, Some(&wanted))).collect();
    drop(validator);
    for report in reports {
        me.warn(WarningKind::LockOrder, call, place, &report.text(kernel_state));
    }
}

/// Checks the locks of a task that has enabled interrupts or softirqs again.
#[cold]
pub(crate) fn opened(me: &TaskStruct, call: &str, place: &'static Location<'static>) {
    let kernel_state = me.kernel_state();
    let held = match me.held().all_if_any() {
        Some(_) if kernel_state.debug => holds(me),
        _ => return,
    };
    if held.is_empty() {
        return;
    }
    let at = kernel_state.place_of_call(place);
    let mut validator = validator(kernel_state).lock();
    let findings = validator.opened(&held, context_of(me), at);
    let reports: Vec<_> =
        findings.iter().map(|finding| report::Report::new(&validator, finding, None)).collect();
    drop(validator);
    for report in reports {
        me.warn(WarningKind::LockOrder, call, place, &report.text(kernel_state));
    }
}

/// The held locks of `me` that have a class.
fn holds(me: &TaskStruct) -> Vec<Holds> {
    let holds = |one: Entry| {
        one.class.map(|class| Holds { address: one.address, class, mode: one.mode, place: one.place })
    };
    me.held().all().entries().into_iter().filter_map(holds).collect()
}

fn context_of(me: &TaskStruct) -> Context {
    let count = me.preempt_count().load(Ordering::Relaxed);
    let in_hardirq = count & HARDIRQ_OFFSET != 0;
    let in_softirq = !in_hardirq && count & SOFTIRQ_OFFSET != 0;
    Context {
        in_hardirq,
        in_softirq,
        hardirqs_off: in_hardirq || count & IRQS_OFF != 0 || has_irqs_off(me),
        softirqs_off: in_hardirq || count & (SOFTIRQ_OFFSET | SOFTIRQ_DISABLE_MASK) != 0,
    }
}

fn class_of(kernel_state: &KernelState, lock: Lock, next: Next) -> Option<ClassId> {
    with_class(kernel_state, lock, next).0
}

/// The class of the lock, and the validator, locked.
fn with_class(
    kernel_state: &KernelState,
    lock: Lock,
    next: Next,
) -> (Option<ClassId>, impl DerefMut<Target = Validator>) {
    let Lock { kind, address, key, .. } = lock;
    let mut known = validator(kernel_state).lock();
    if key != 0 {
        let class = known.classes.of_key(Key::Address(key), kind, next.subclass, None);
        return (Some(class), known);
    }
    let mut is_static = false;
    if next.made.is_none() && !known.classes.knows(address) {
        // Drop the validator's lock: `is_static` takes the loader's lock, whose holder may take
        // locks.
        drop(known);
        is_static = os::is_static(address);
        known = validator(kernel_state).lock();
    }
    (known.classes.of(address, kind, next.made, next.subclass, is_static), known)
}

/// The owner of a lock that a task releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The task itself.
    Mine,
    /// Another task released it before, which was reported.
    GoneAlready,
    /// Another task, described in words.
    Others(String),
    /// No known task.
    Unknown,
}

/// `owner` holds the lock at `address` for reading from now on.
#[cold]
pub(crate) fn downgraded(owner: &TaskStruct, address: usize) {
    if let Some(all) = owner.held().all_if_any() {
        all.downgrade(address);
    }
}

/// `me` releases `lock`, by a call that only its owner may make.
#[cold]
pub(crate) fn lets_go(me: &TaskStruct, lock: Lock) -> Whose {
    if !me.kernel_state().debug {
        return Whose::Unknown;
    }
    let all = me.held().all();
    if all.take_next().non_owner {
        return Whose::Unknown;
    }
    match all.remove(lock.address, lock.mode.is_read()) {
        Some(entry) if entry.gone => Whose::GoneAlready,
        Some(_) => Whose::Mine,
        None => take_from_another(me, lock).map_or(Whose::Unknown, Whose::Others),
    }
}

/// Describes the other task that holds `lock`, and the place where it took it. When that task
/// releases the lock later, no report follows.
fn take_from_another(me: &TaskStruct, lock: Lock) -> Option<String> {
    let kernel_state = me.kernel_state();
    kernel_state.pids.all().into_iter().filter(|task| !ptr::eq(&**task, me)).find_map(|task| {
        let all = task.held().all_if_any()?;
        let place = all.give_away(lock.address, lock.mode.is_read())?;
        let (name, pid) = (task.full_name(), task.pid());
        Some(format!("task {name:?} (pid {pid}), which took it at {}", kernel_state.name_place(place)))
    })
}

/// Some task releases `lock`, which `owner` holds.
#[cold]
pub(crate) fn let_go_by(owner: &TaskStruct, lock: Lock) {
    if let Some(all) = owner.held().all_if_any() {
        all.take_next();
        all.remove(lock.address, lock.mode.is_read());
    }
}

/// A guard is dropped, possibly by a task other than the one that made it.
#[cold]
pub(crate) fn dropped(me: &TaskStruct, lock: Lock) {
    if !me.kernel_state().debug {
        return;
    }
    let read = lock.mode.is_read();
    if me.held().all().remove(lock.address, read).is_none() {
        let others = me.kernel_state().pids.all().into_iter().filter(|task| !ptr::eq(&**task, me));
        _ = others.into_iter().find_map(|task| task.held().all_if_any()?.remove(lock.address, read));
    }
}

/// Runs `spin`, in which `me` spins for a lock. Notes the place in C meanwhile.
#[cold]
pub(crate) fn spinning(me: &TaskStruct, place: &'static Location<'static>, spin: impl FnOnce()) {
    if !me.kernel_state().debug {
        return spin();
    }
    let all = me.held().all();
    all.set_spins_at(me.kernel_state().place_of_call(place).address_in_c());
    spin();
    all.set_spins_at(0);
}

/// Returns the message about a task that is about to wait for a lock that it holds, with the place
/// where it took it, if that is known.
#[cold]
pub(crate) fn holds_already(me: &TaskStruct, lock: Lock) -> String {
    let how = match lock.kind {
        LockKind::RwSem | LockKind::PercpuRwSem => " for writing",
        _ => "",
    };
    waits_for_itself(me, lock).unwrap_or_else(|| format!("the task holds this {}{how} already", lock.kind))
}

/// Returns a message if `me` holds the lock that it is about to wait for, else `None`.
#[cold]
pub(crate) fn waits_for_itself(me: &TaskStruct, lock: Lock) -> Option<String> {
    let held = me.held().all_if_any()?.find(lock.address).filter(|held| !held.gone)?;
    let Lock { kind, mode, .. } = lock;
    if mode == Mode::Recursive && held.mode.is_read() {
        return None;
    }
    let how = match kind {
        _ if held.mode.is_read() => " for reading",
        LockKind::RwSem | LockKind::PercpuRwSem => " for writing",
        _ => "",
    };
    let place = me.kernel_state().name_place(held.place);
    Some(format!("the task holds this {kind}{how} already, taken at {place}; it would wait for ever"))
}
