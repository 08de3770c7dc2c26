//! A call trace, as a module's author wants it: down to the module's first function, without what
//! called that.

use crate::crash::known_modules;
use crate::names::variable_at;
use crate::{objects, scene};
use kthread_rt::PlacesInC;
use kthread_rt_c::module::{called_from_c, take_caller};
use std::ffi::c_void;
use std::fmt::Write;
use std::path::PathBuf;
use std::ptr;

/// Deep enough to see a recursion.
pub(crate) const DEPTH: usize = 48;

/// True if the address is in a module's code: in a shared object that `ukmod` loaded.
fn in_module(address: usize, modules: &[PathBuf]) -> bool {
    objects::find(address).is_some_and(|found| modules.contains(&found.path))
}

/// True if one of these is in a module's code.
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

/// How the runtime finds the places of calls in C.
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
            // It takes a return address, and looks at the byte before.
            backtrace::resolve(ptr::without_provenance_mut::<c_void>(address.wrapping_add(1)), |symbol| {
                name = symbol.name().map(|name| format!("{name:#}"));
            });
        }
        name
    },
    variable: variable_at,
};

/// A place as the command line may have had it: below the current folder, from there on.
fn as_told(place: String) -> String {
    let here = std::env::current_dir().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
    place.strip_prefix(&here).map(str::to_owned).unwrap_or(place)
}

/// Where in a module the innermost of these return addresses is that is one's:
/// `file:line in function()`. Inline functions of headers are passed over.
pub(crate) fn innermost(addresses: &[usize], modules: &[PathBuf]) -> Option<String> {
    let mut found = None;
    for &address in addresses.iter().filter(|&&address| in_module(address, modules)) {
        backtrace::resolve(ptr::without_provenance_mut::<c_void>(address), |symbol| {
            if let (Some(name), Some(file), Some(line)) = (symbol.name(), symbol.filename(), symbol.lineno())
                && file.extension().is_none_or(|extension| extension != "h")
            {
                found.get_or_insert_with(|| as_told(format!("{}:{line} in {name:#}()", file.display())));
            }
        });
        if found.is_some() {
            break;
        }
    }
    found
}

/// The lines of the trace of these return addresses, the innermost first. `exact`: the first is
/// that of an instruction itself.
pub(crate) fn lines(addresses: &[usize], exact: bool, modules: &[PathBuf]) -> String {
    let outermost = addresses.iter().rposition(|&address| in_module(address, modules));
    let shown = &addresses[..outermost.map_or(addresses.len(), |last| last + 1)];
    // What an oops calls in the runtime, before the module's code, says nothing to its author.
    let begin = if exact { 0 } else { shown.iter().position(|&a| in_module(a, modules)).unwrap_or(0) };
    let mut out = String::from("Call trace:\n");
    let mut last = (String::new(), 0);
    for (index, &address) in shown.iter().enumerate().skip(begin) {
        // A return address may be that of the next line already, or of the next function.
        let inside = if index == 0 && exact { address } else { address.wrapping_sub(1) };
        if !in_module(address, modules) {
            // Without its lines: to read what is said of those of this program takes long.
            let name = objects::find(inside).and_then(|found| found.symbol);
            let name = name.unwrap_or_else(|| format!("{address:#x}"));
            add(&mut out, &mut last, format!("  {name}\n"));
            continue;
        }
        let mut told = false;
        // It takes a return address, and looks at the byte before.
        backtrace::resolve(ptr::without_provenance_mut::<c_void>(inside.wrapping_add(1)), |symbol| {
            told = true;
            let name = symbol.name().map_or_else(|| "??".to_owned(), |name| format!("{name:#}"));
            let place = match (symbol.filename(), symbol.lineno()) {
                (Some(file), Some(line)) => format!(" ({})", as_told(format!("{}:{line}", file.display()))),
                _ => String::new(),
            };
            add(&mut out, &mut last, format!("  {name}{place}\n"));
        });
        if !told {
            add(&mut out, &mut last, format!("  {address:#x}\n"));
        }
    }
    add(&mut out, &mut last, String::new());
    out
}

/// Adds a line, or counts it if it is the same as the one before: a recursion.
fn add(out: &mut String, (last, times): &mut (String, usize), line: String) {
    if line == *last {
        *times += 1;
        return;
    }
    if *times > 0 {
        // A String takes everything.
        let _ = writeln!(out, "    and again, {times} time(s) or more");
    }
    out.push_str(&line);
    (*last, *times) = (line, 0);
}
