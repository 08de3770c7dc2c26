//! What a module leaves behind: what is armed, queued or registered when its exit has come back,
//! and memory at the end.
//!
//! A kernel frees the module's code and data then, and what is left is the next crash. Here the
//! module stays mapped until the run is over; what it has left is told, with the call that made it
//! so, and taken off.

use crate::crash::known_modules;
use crate::load::Module;
use crate::objects;
use crate::oops;
use crate::output::tell;
use kthread_rt::debug_objects::{self, ActiveObject, Wait, WhenLeft};
use kthread_rt_c::module::{self, MemoryLeft};
use std::path::Path;
use std::time::Duration;

/// Tells what the module has left, which is unloaded now, and takes it off.
pub(crate) fn report_left(module: &Module) {
    let path = module.path();
    let what = format!("when {} is unloaded", module.name);
    // A callback that has told the exit to go on may not have returned yet: that is not told,
    // unless it is active again then.
    debug_objects::wait_for_functions(|object| is_of(object, path), Duration::from_secs(1));
    // SAFETY: what is in the module is mapped, and a free of other memory would have ended it.
    let left = debug_objects::active(|object| is_of(object, path) && unsafe { object.is_active() });
    for object in &left {
        let is_part = left.iter().any(|other| is_below(object.name.as_deref(), other.name.as_deref()));
        if object.kind.left != WhenLeft::Never && !is_part {
            object.report_left(&what);
        }
        // SAFETY: it is active, so it is where everybody may find it; a free of its memory would
        // have ended that.
        unsafe { object.take_off(Wait::ForFunction) };
    }
}

/// True if the object can't do without the module: its memory, or what it calls, is there. What
/// calls nothing is of who made it. What is on a list goes with the list, if that is the module's
/// own, or is in memory.
fn is_of(object: &ActiveObject, path: &Path) -> bool {
    let is_in = |address| objects::find(address).is_some_and(|found| found.path == path);
    let of_module = is_in(object.address)
        || if object.function == 0 { is_in(object.made_at()) } else { is_in(object.function) };
    let stays = |list| objects::find(list).is_some_and(|found| found.path != path);
    of_module && (object.container == 0 || stays(object.container))
}

/// True if the one name is a path, and leads to something below the other: who removes that removes
/// both.
fn is_below(name: Option<&str>, other: Option<&str>) -> bool {
    let path = |name: Option<&str>| Some(name?.strip_prefix("\"/")?.strip_suffix('"')?.to_owned());
    match (path(name), path(other)) {
        (Some(name), Some(other)) => name.strip_prefix(&other).is_some_and(|rest| rest.starts_with('/')),
        _ => false,
    }
}

/// Tells the memory that nobody has freed, a line for each place where it was allocated.
pub(crate) fn report_memory() {
    if known_modules().is_empty() {
        return;
    }
    let mut by_place: Vec<(String, MemoryLeft)> = Vec::new();
    for left in module::memory_by_place() {
        let Some(place) = debug_objects::name_in_c(left.place) else { continue };
        // The compiler may have made several calls of one.
        match by_place.iter_mut().find(|(known, _)| *known == place) {
            Some((_, known)) => {
                known.blocks += left.blocks;
                known.bytes += left.bytes;
            }
            None => by_place.push((place, left)),
        }
    }
    for (place, MemoryLeft { blocks, bytes, call, .. }) in by_place {
        oops::count_warning();
        let blocks = if blocks == 1 { "1 block".to_owned() } else { format!("{blocks} blocks") };
        tell!("kthread-rt: memory not freed: {blocks}, {bytes} bytes, allocated by {call}() at {place}");
    }
}
