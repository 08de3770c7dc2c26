//! Declarations about locks, by calls and in headers: the class of a lock, and special properties
//! of the next lock that the task takes.

use super::class::{Given, Key};
use super::{on, opened, validator};
use crate::sched::{self, has_irqs_off, peek_current, with_current};
use crate::task::TaskStruct;
use std::panic::Location;

/// Runs `f` with the current task, if its Kernel has debug.
#[inline]
fn with_debug(f: impl FnOnce(&TaskStruct)) {
    if on() {
        peek_current(|me| {
            if me.kernel_state().debug {
                f(me);
            }
        });
    }
}

/// Declares that the lock at `address` is of the class of `key`, which C code calls `name`.
pub fn lock_class(address: usize, key: usize, name: Option<&str>, subclass: u32) {
    with_debug(|me| {
        let given = Given::Class { key: Key::Address(key), subclass, name: name.map(Into::into) };
        validator(me.kernel_state()).lock().classes.give(address, given);
    });
}

/// Notes that Rust code made the lock at `address` at `place`.
#[inline]
pub(crate) fn lock_made(address: usize, place: &'static Location<'static>) {
    with_debug(|me| {
        let given = Given::Class { key: Key::Made(place), subclass: 0, name: None };
        validator(me.kernel_state()).lock().classes.give(address, given);
    });
}

/// Gives the lock at `address` another subclass. It keeps its key.
pub fn lock_subclass(address: usize, subclass: u32) {
    with_debug(|me| validator(me.kernel_state()).lock().classes.give_subclass(address, subclass));
}

/// Excludes the lock at `address` from the order checks.
pub fn lock_not_checked(address: usize) {
    with_debug(|me| validator(me.kernel_state()).lock().classes.give(address, Given::Nothing));
}

/// Forgets the locks in this memory, which is freed.
pub fn lock_memory_gone(address: usize, length: usize) {
    with_debug(|me| validator(me.kernel_state()).lock().classes.forget(address, length));
}

/// Declares the subclass of the next lock that the calling task takes. If the task holds the lock
/// at `nest`, the order within the class is not checked.
pub fn lock_next(subclass: u32, nest: usize) {
    with_debug(|me| {
        me.held().all().say_of_next(|next| {
            next.subclass = subclass;
            next.nest = nest;
        });
    });
}

/// Declares that another task will release the next lock that the calling task takes, or took the
/// next lock that the calling task releases.
pub fn lock_next_non_owner() {
    with_debug(|me| me.held().all().say_of_next(|next| next.non_owner = true));
}

/// Declares the place where the next lock that the calling task takes was made.
#[inline]
pub(crate) fn made_at(place: &'static Location<'static>) {
    with_debug(|me| me.held().all().say_of_next(|next| next.made = Some(place)));
}

/// True if a Kernel of this process has debug.
#[inline(always)]
pub fn debugs() -> bool {
    on()
}

/// True if the calling task has disabled interrupts.
pub fn irqs_off() -> bool {
    peek_current(has_irqs_off)
}

/// Notes that the calling task disables or enables interrupts. Returns whether they were disabled.
/// There are no real interrupts.
#[track_caller]
pub fn set_irqs_off(off: bool) -> bool {
    let place = Location::caller();
    let were = peek_current(|me| sched::set_irqs_off(me, off));
    if were && !off && on() {
        with_current(|me| opened(me, "local_irq_enable", place));
    }
    were
}
