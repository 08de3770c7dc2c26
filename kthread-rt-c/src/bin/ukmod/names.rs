//! The names of modules' variables, for reports that would show an address.

use crate::crash::known_modules;
use crate::objects;
use object::{Object, ObjectSymbol};
use std::fs;

/// The module's variable that contains the address: its name and the offset in it. Finds static
/// variables, too, by the symbols for debuggers.
pub(crate) fn variable_at(address: usize) -> Option<String> {
    let objects::Found { path, base, .. } = objects::find(address)?;
    if !known_modules().contains(&path) {
        return None;
    }
    let data = fs::read(path).ok()?;
    let file = object::File::parse(&*data).ok()?;
    let offset = (address - base) as u64;
    file.symbols().find_map(|symbol| {
        let into = offset.checked_sub(symbol.address()).filter(|&into| into < symbol.size())?;
        let name = symbol.name().ok()?;
        Some(if into == 0 { name.to_owned() } else { format!("{name}+{into:#x}") })
    })
}
