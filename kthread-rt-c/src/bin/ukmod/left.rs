//! Reports what a module leaves behind: objects that are armed, queued or registered after its
//! exit, and memory at the end of the run.
//!
//! A kernel frees the module's code and data after its exit, and such an object is the next crash.
//! Here the module stays mapped until the run is over: each object is reported, with the call that
//! armed, queued or registered it, and deactivated.

use crate::crash::known_modules;
use crate::load::Module;
use crate::objects;
use crate::oops;
use crate::output::tell;
use kthread_rt::debug_objects::{self, ActiveObject, Wait, WhenLeft};
use kthread_rt_c::module::{self, MemoryLeft};
use std::path::Path;
use std::time::Duration;

/// Reports the objects that the module leaves active when it is unloaded, and deactivates them.
pub(crate) fn report_left(module: &Module) {
    let path = module.path();
    let what = format!("when {} is unloaded", module.name);
    // A callback that has just released the exit may not have returned yet. Give it time: it is
    // reported only if it is active again then.
    debug_objects::wait_for_functions(|object| is_of(object, path), Duration::from_secs(1));
    // SAFETY: the object is in the module, which is mapped, or in memory whose free would have
    // removed it from the active objects.
    let left = debug_objects::active(|object| is_of(object, path) && unsafe { object.is_active() });
    for object in &left {
        let is_part = left.iter().any(|other| is_below(object.name.as_deref(), other.name.as_deref()));
        if object.kind.left != WhenLeft::Never && !is_part {
            object.report_left(&what);
        }
        // SAFETY: the object is active, so its memory is still allocated: a free would have removed
        // it from the active objects.
        unsafe { object.take_off(Wait::ForFunction) };
    }
}

/// True if the object depends on the module: its memory or its callback is in the module. An object
/// without a callback belongs to the module that made it. An object on a list counts only if the
/// list belongs to another object file: otherwise it ends with the list.
fn is_of(object: &ActiveObject, path: &Path) -> bool {
    let is_in = |address| objects::find(address).is_some_and(|found| found.path == path);
    let of_module = is_in(object.address)
        || if object.function == 0 { is_in(object.made_at()) } else { is_in(object.function) };
    let stays = |list| objects::find(list).is_some_and(|found| found.path != path);
    of_module && (object.container == 0 || stays(object.container))
}

/// True if both names are paths and `name` is below `other`: removing `other` removes both.
fn is_below(name: Option<&str>, other: Option<&str>) -> bool {
    let path = |name: Option<&str>| Some(name?.strip_prefix("\"/")?.strip_suffix('"')?.to_owned());
    match (path(name), path(other)) {
        (Some(name), Some(other)) => name.strip_prefix(&other).is_some_and(|rest| rest.starts_with('/')),
        _ => false,
    }
}

/// Reports memory that was not freed, a line for each place of allocation.
pub(crate) fn report_memory() {
    if known_modules().is_empty() {
        return;
    }
    let mut by_place: Vec<(String, MemoryLeft)> = Vec::new();
    for left in module::memory_by_place() {
        let Some(place) = debug_objects::name_in_c(left.place) else { continue };
        // The compiler may have duplicated the call.
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
