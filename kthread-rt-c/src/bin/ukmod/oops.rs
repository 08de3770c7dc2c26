//! Reports oopses and warnings. An oops is a panic of a task, by `BUG()`, a NULL pointer given to
//! the runtime and the like. That task ends; the others go on.

use crate::crash::known_modules;
use crate::names::variable_at;
use crate::output::tell;
use crate::repeated;
use crate::trace;
use kthread_rt::current;
use kthread_rt::diag::{Warning, WarningKind};
use kthread_rt_c::module::called_from_c;
use std::any::Any;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many threads, work items and timers oopsed.
static OOPSES: AtomicUsize = AtomicUsize::new(0);

/// How many warnings there were, oopses aside.
static WARNINGS: AtomicUsize = AtomicUsize::new(0);

/// How many warnings so far, oopses aside.
pub(crate) fn warnings() -> usize {
    WARNINGS.load(Ordering::Relaxed)
}

/// Counts a warning that the caller has printed.
pub(crate) fn count_warning() {
    WARNINGS.fetch_add(1, Ordering::Relaxed);
}

/// How many oopses so far. An oops of an init or exit is not counted: its caller reports it.
pub(crate) fn count() -> usize {
    OOPSES.load(Ordering::Relaxed)
}

/// From now on, prints each oops with its task and the module's call trace.
pub(crate) fn report_oopses() {
    panic::set_hook(Box::new(|info| {
        let me = current();
        let lines = trace::lines(&trace::here(), false, &known_modules());
        let message = text_of(info.payload()).unwrap_or("it panicked");
        let held = held_by_current();
        tell!("ukmod: oops: {message}, in task {}[{}]{held}\n{lines}", me.full_name(), me.pid());
    }));
}

/// The message of a panic; none if it has none, as the unwinding of `kthread_exit`.
pub(crate) fn text_of(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied())
}

/// Prints a warning of the runtime; an oops has been printed by the panic hook. For a call from C
/// the runtime only knows which of its functions was called. The module's place is on the stack,
/// because the calling thread reports the warning.
pub(crate) fn on_warning(warning: &Warning<'_>) {
    if warning.kind == WarningKind::Oops {
        OOPSES.fetch_add(1, Ordering::Relaxed);
        return;
    }
    WARNINGS.fetch_add(1, Ordering::Relaxed);
    if warning.kind == WarningKind::HungTask {
        // The reporting thread is not the hung task: its locks and its stack say nothing.
        return tell!("{warning}");
    }
    if let Some(place) = warning.place_in_c {
        // The warning is about an earlier call, so this stack does not show it.
        if let Some(before) = repeated::is_due(warning, place) {
            tell!("{warning}{}{}", repeated::left_out(before), held_by_current());
        }
        return;
    }
    let (here, modules) = (trace::here(), known_modules());
    let place = called_from_c(warning.place).then(|| trace::innermost(&here, &modules)).flatten();
    let key = place.clone().unwrap_or_else(|| warning.place.to_string());
    let Some(before) = repeated::is_due(warning, &key) else { return };
    let (again, held) = (repeated::left_out(before), held_by_current());
    match place {
        Some(place) => tell!("{}{again}{held}\n{}", warning.at(place), trace::lines(&here, false, &modules)),
        None => tell!("{warning}{again}{held}"),
    }
}

/// The locks that the calling task holds, one per line.
fn held_by_current() -> String {
    let held = current().held_locks().into_iter();
    held.map(|lock| {
        let kind = lock.kind.map_or_else(|| "lock".to_owned(), |kind| kind.to_string());
        let name = variable_at(lock.address).unwrap_or_else(|| format!("{:#x}", lock.address));
        let read = if lock.shared { ", for reading" } else { "" };
        let place = (trace::PLACES.name)(lock.address_in_c);
        let place = place.map_or_else(String::new, |place| format!(", taken at {place}"));
        format!("\n  holds the {kind} {name}{read}{place}")
    })
    .collect()
}
