//! The headers and names that real modules use (`demand.txt`).

/// A line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// A header that modules include.
    Header { name: &'static str, modules: u32 },
    /// A function, a macro, a type, or a field as `struct.field`; and the header that declares it.
    Symbol { header: &'static str, name: &'static str, modules: u32 },
}

/// The lines of the list.
pub(crate) fn demands() -> impl Iterator<Item = Demand> {
    include_str!("../../../demand.txt").lines().filter_map(|line| {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["header", name, count] => Some(Demand::Header { name, modules: count.parse().ok()? }),
            ["symbol", header, name, count] => {
                Some(Demand::Symbol { header, name, modules: count.parse().ok()? })
            }
            _ => None,
        }
    })
}

/// The kernel's header that declares the symbol, if real modules use the symbol.
pub(crate) fn header_of(symbol: &str) -> Option<&'static str> {
    demands().find_map(|demand| match demand {
        Demand::Symbol { header, name, .. } if name == symbol => Some(header),
        _ => None,
    })
}
