//! `ukmod supported`: lists the headers, and how many of the names that real modules use they
//! declare.
//!
//! It only compares names: those that modules use (`demand`) with those that the headers declare
//! (`headers`). That does not prove that a module builds or that a function works, and the list
//! says so.

use crate::Failure;
use crate::build;
use crate::cli::{Ended, Supported};
use crate::demand::{Demand, demands};
use crate::headers::{self, Declared, kernel_name};
use crate::output::to_stdout;
use std::collections::BTreeSet;
use std::fmt::Write;

/// `ukmod supported`.
pub(crate) fn command(options: &Supported) -> Result<Ended, Failure> {
    let headers = headers::all().map_err(|e| Failure::new(Ended::Usage, e.to_string()))?;
    let mut declared = Declared::default();
    for text in headers.values() {
        headers::read(text, &mut declared);
    }
    // Adds the names that macros generate. Without a compiler these count as missing.
    if let Ok(expanded) = build::expanded(headers.keys()) {
        headers::read_code(&expanded, &mut declared);
    }
    let headers: BTreeSet<&str> = headers.keys().filter_map(|file| kernel_name(file)).collect();
    if !options.names.is_empty() {
        return Ok(tell_of(&options.names, &declared));
    }
    to_stdout(&if options.markdown { markdown(&headers, &declared) } else { plain(&headers, &declared) });
    Ok(Ended::Well)
}

/// Prints whether each of `names` is declared.
fn tell_of(names: &[String], declared: &Declared) -> Ended {
    let missing: Vec<_> = names.iter().filter(|name| !declared.has(name)).collect();
    for name in names {
        to_stdout(&format!("{name}: {}\n", if missing.contains(&name) { "missing" } else { "there" }));
    }
    if missing.is_empty() { Ended::Well } else { Ended::NotBuilt }
}

/// How much of the demand is met, as pairs (met, all) of symbols, uses and headers; and what is
/// missing, by header.
struct Met {
    symbols: (usize, usize),
    uses: (u32, u32),
    headers: (usize, usize),
    missing: Vec<(&'static str, Vec<String>)>,
    missing_headers: Vec<String>,
}

/// The text for a demand that is met completely.
const COMPLETE: &str = "The headers declare every name that these modules use.";

impl Met {
    fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.missing_headers.is_empty()
    }
}

fn met(headers: &BTreeSet<&str>, declared: &Declared) -> Met {
    let mut met = Met {
        symbols: (0, 0),
        uses: (0, 0),
        headers: (0, 0),
        missing: Vec::new(),
        missing_headers: Vec::new(),
    };
    for demand in demands() {
        match demand {
            Demand::Header { name, modules } => {
                let there = headers.contains(name);
                met.headers.0 += usize::from(there);
                met.headers.1 += 1;
                if !there {
                    met.missing_headers.push(format!("{name} {modules}"));
                }
            }
            Demand::Symbol { header, name, modules } => {
                let there = declared.has(name);
                met.symbols.0 += usize::from(there);
                met.symbols.1 += 1;
                met.uses.0 += if there { modules } else { 0 };
                met.uses.1 += modules;
                if !there {
                    match met.missing.iter_mut().find(|(of, _)| *of == header) {
                        Some((_, names)) => names.push(format!("{name} {modules}")),
                        None => met.missing.push((header, vec![format!("{name} {modules}")])),
                    }
                }
            }
        }
    }
    met
}

/// The sentences at the begin of both forms.
fn summary(met: &Met) -> String {
    let (symbols, uses, headers) = (met.symbols, met.uses, met.headers);
    format!(
        "256 real modules include {} headers; {} of these are here. The modules use {} names of functions, macros, types and fields from \
         them; the headers declare {} of these names, which is {:.2} % of the uses. This compares names only: it does not mean that \
         each of these modules builds, or that each function does all that it does in a kernel.\n",
        headers.1,
        headers.0,
        symbols.1,
        symbols.0,
        100.0 * f64::from(uses.0) / f64::from(uses.1.max(1))
    )
}

fn plain(headers: &BTreeSet<&str>, declared: &Declared) -> String {
    let met = met(headers, declared);
    let mut out = summary(&met);
    // Writing to a String does not fail.
    let _ = writeln!(out, "\nHeaders:");
    headers.iter().for_each(|name| _ = writeln!(out, "  {name}"));
    if met.is_complete() {
        let _ = writeln!(out, "\n{COMPLETE}");
        return out;
    }
    let _ = writeln!(out, "\nMissing, with how many of the modules ask for it:");
    met.missing_headers.iter().for_each(|name| _ = writeln!(out, "  the header {name}"));
    for (header, names) in &met.missing {
        let _ = writeln!(out, "  {header}: {}", names.join(", "));
    }
    out
}

fn markdown(headers: &BTreeSet<&str>, declared: &Declared) -> String {
    let met = met(headers, declared);
    let code = |names: &[String]| {
        let quoted =
            names.iter().map(|name| name.split_once(' ').map_or(name.clone(), |(n, c)| format!("`{n}` {c}")));
        quoted.collect::<Vec<_>>().join(", ")
    };
    let mut out = summary(&met);
    let names: Vec<_> = headers.iter().map(|name| format!("`{name}`")).collect();
    let _ = writeln!(out, "\nThe headers: {}.\n", names.join(", "));
    if met.is_complete() {
        let _ = writeln!(out, "{COMPLETE}");
        return out;
    }
    let _ = writeln!(out, "| missing of | what, and how many of the modules ask for it |\n|---|---|");
    if !met.missing_headers.is_empty() {
        let _ = writeln!(out, "| headers | {} |", code(&met.missing_headers));
    }
    for (header, names) in &met.missing {
        let _ = writeln!(out, "| `{header}` | {} |", code(names));
    }
    out
}
