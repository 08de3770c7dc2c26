//! Call traces for a module's author: they end at the module's outermost function, without its
//! callers.

use crate::crash::known_modules;
use crate::names::variable_at;
use crate::{objects, scene};
use kthread_rt::PlacesInC;
use kthread_rt_c::module::{called_from_c, take_caller};
use std::ffi::c_void;
use std::fmt::Write;
use std::path::PathBuf;
use std::ptr;

/// The maximal number of frames: enough to see a recursion.
pub(crate) const DEPTH: usize = 48;

/// True if the address is in a shared object that `ukmod` loaded as a module.
fn in_module(address: usize, modules: &[PathBuf]) -> bool {
    objects::find(address).is_some_and(|found| modules.contains(&found.path))
}

/// True if one of these addresses is in a module.
pub(crate) fn has_module(addresses: &[usize], modules: &[PathBuf]) -> bool {
    addresses.iter().any(|&address| in_module(address, modules))
}

/// The return addresses of the calling thread, the innermost first.
pub(crate) fn here() -> Vec<usize> {
    let mut frames = Vec::new();
    backtrace::trace(|frame| {
        frames.push(frame.ip().addr());
        frames.len() < DEPTH
    });
    frames
}

/// The functions by which the runtime finds the places of calls in C.
pub(crate) const PLACES: PlacesInC = PlacesInC {
    is_c: called_from_c,
    here: || {
        let caller = take_caller();
        if scene::is_in_module(caller) {
            return caller;
        }
        let mut found = 0;
        backtrace::trace(|frame| {
            let address = frame.ip().addr();
            if scene::is_in_module(address) {
                found = address;
            }
            found == 0
        });
        found
    },
    name: |address| innermost(&[address], &known_modules()),
    function: |address| {
        let mut name = None;
        if in_module(address, &known_modules()) {
            // `resolve` expects a return address, and looks up the byte before it.
            backtrace::resolve(ptr::without_provenance_mut::<c_void>(address.wrapping_add(1)), |symbol| {
                name = symbol.name().map(|name| format!("{name:#}"));
            });
        }
        name
    },
    variable: variable_at,
};

/// A place with a path below the current folder made relative to it.
fn relative(place: String) -> String {
    let here = std::env::current_dir().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
    place.strip_prefix(&here).map(str::to_owned).unwrap_or(place)
}

/// The place of the innermost of these return addresses that is in a module: `file:line in
/// function()`. Skips inline functions of headers.
pub(crate) fn innermost(addresses: &[usize], modules: &[PathBuf]) -> Option<String> {
    let mut found = None;
    for &address in addresses.iter().filter(|&&address| in_module(address, modules)) {
        backtrace::resolve(ptr::without_provenance_mut::<c_void>(address), |symbol| {
            if let (Some(name), Some(file), Some(line)) = (symbol.name(), symbol.filename(), symbol.lineno())
                && file.extension().is_none_or(|extension| extension != "h")
            {
                found.get_or_insert_with(|| relative(format!("{}:{line} in {name:#}()", file.display())));
            }
        });
        if found.is_some() {
            break;
        }
    }
    found
}

/// The lines of a trace of these return addresses, the innermost first. `exact`: the first one is
/// the address of an instruction, not a return address.
pub(crate) fn lines(addresses: &[usize], exact: bool, modules: &[PathBuf]) -> String {
    let outermost = addresses.iter().rposition(|&address| in_module(address, modules));
    let shown = &addresses[..outermost.map_or(addresses.len(), |last| last + 1)];
    // Skips the runtime's frames of the oops itself, which do not help the module's author.
    let begin = if exact { 0 } else { shown.iter().position(|&a| in_module(a, modules)).unwrap_or(0) };
    let mut out = String::from("Call trace:\n");
    let mut last = (String::new(), 0);
    for (index, &address) in shown.iter().enumerate().skip(begin) {
        // A return address may belong to the next line or function, so use the byte before it.
        let inside = if index == 0 && exact { address } else { address.wrapping_sub(1) };
        if !in_module(address, modules) {
            // Without file and line: reading this program's debug information takes long.
            let name = objects::find(inside).and_then(|found| found.symbol);
            let name = name.unwrap_or_else(|| format!("{address:#x}"));
            add(&mut out, &mut last, format!("  {name}\n"));
            continue;
        }
        let mut is_named = false;
        // `resolve` expects a return address, and looks up the byte before it.
        backtrace::resolve(ptr::without_provenance_mut::<c_void>(inside.wrapping_add(1)), |symbol| {
            is_named = true;
            let name = symbol.name().map_or_else(|| "??".to_owned(), |name| format!("{name:#}"));
            let place = match (symbol.filename(), symbol.lineno()) {
                (Some(file), Some(line)) => format!(" ({})", relative(format!("{}:{line}", file.display()))),
                _ => String::new(),
            };
            add(&mut out, &mut last, format!("  {name}{place}\n"));
        });
        if !is_named {
            add(&mut out, &mut last, format!("  {address:#x}\n"));
        }
    }
    add(&mut out, &mut last, String::new());
    out
}

/// Adds a line, or counts it if it repeats the line before, in a recursion.
fn add(out: &mut String, (last, times): &mut (String, usize), line: String) {
    if line == *last {
        *times += 1;
        return;
    }
    if *times > 0 {
        // Writing to a String does not fail.
        let _ = writeln!(out, "    repeated at least {times} more time(s)");
    }
    out.push_str(&line);
    (*last, *times) = (line, 0);
}
