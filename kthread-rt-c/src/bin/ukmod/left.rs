//! What a module leaves behind: what is armed, queued or registered when its exit has come back, and memory at the end.
//!
//! A kernel frees the module's code and data then, and what is left is the next crash. Here the module stays mapped until
//! the run is over; what it has left is told, with the call that made it so, and taken off.

use crate::crash::known_modules;
use crate::load::Module;
use crate::objects;
use crate::oops;
use crate::output::tell;
use kthread_rt::debug_objects::{self, ActiveObject, WhenLeft};
use kthread_rt_c::module;
use std::path::Path;

/// Tells what the module has left, which is unloaded now, and takes it off.
pub(crate) fn tell_left(module: &Module) {
    let path = module.path();
    let what = format!("when {} is unloaded", module.name);
    for object in debug_objects::active(|object| is_of(object, path)) {
        if object.kind.left != WhenLeft::Never {
            oops::count_warning();
            tell!("{}", object.left(&what));
        }
        // SAFETY: it is active, so it is where everybody may find it; a free of its memory would have ended that.
        unsafe { object.take_off() };
    }
}

/// True if the object can't do without the module: its memory, or what it calls, is there. What calls nothing is of who made it.
fn is_of(object: &ActiveObject, path: &Path) -> bool {
    let is_in = |address| objects::find(address).is_some_and(|found| found.path == path);
    is_in(object.address)
        || if object.function == 0 { is_in(object.made_at()) } else { is_in(object.function) }
}

/// Tells the memory that nobody has freed, a line for each place where it was allocated.
pub(crate) fn tell_memory() {
    if known_modules().is_empty() {
        return;
    }
    for left in module::memory_by_place() {
        let Some(place) = debug_objects::name_in_c(left.place) else { continue };
        oops::count_warning();
        let (blocks, bytes, call) = (left.blocks, left.bytes, left.call);
        let blocks = if blocks == 1 { "1 block".to_owned() } else { format!("{blocks} blocks") };
        tell!("kthread-rt: memory not freed: {blocks}, {bytes} bytes, allocated by {call}() at {place}");
    }
}
