//! `ukmod supported`: which headers there are, and how much of what modules ask for they have.
//!
//! Read from the headers themselves, so that the list is never behind them. What a header declares: the names of macros, what
//! stands outside of functions' bodies, and the fields of structs; in any version of the kernel.

use crate::Failure;
use crate::build::{self, include_dir};
use crate::cli::{Ended, Supported};
use crate::demand::{Demand, demands};
use crate::output::to_stdout;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What the headers declare.
#[derive(Debug, Default)]
struct Declared {
    names: BTreeSet<String>,
    /// `struct.field`, of a struct's tag or of its typedef's name.
    fields: BTreeSet<String>,
    /// Structs whose fields no header tells.
    opaque: BTreeSet<String>,
}

impl Declared {
    fn has(&self, name: &str) -> bool {
        if name.contains('.') {
            return self.fields.contains(name);
        }
        // A struct whose fields nobody asks for is used by its pointer alone.
        let has_field = |demand| matches!(demand, Demand::Symbol { name: field, .. } if field.starts_with(&format!("{name}.")));
        self.names.contains(name) || self.opaque.contains(name) && !demands().any(has_field)
    }
}

/// `ukmod supported`.
pub(crate) fn command(options: &Supported) -> Result<Ended, Failure> {
    let folder = include_dir();
    let mut headers = BTreeMap::new();
    read_folder(&folder, &folder, &mut headers)
        .map_err(|e| Failure::new(Ended::Usage, format!("{}: {e}", folder.display())))?;
    let mut declared = Declared::default();
    for text in headers.values() {
        read(text, &mut declared);
    }
    // Names that macros put together. Without a compiler they count as missing.
    if let Ok(expanded) = build::expanded(headers.keys()) {
        read_code(&expanded, &mut declared);
    }
    if !options.names.is_empty() {
        return Ok(tell_of(&options.names, &declared));
    }
    to_stdout(&if options.markdown { markdown(&headers, &declared) } else { plain(&headers, &declared) });
    Ok(Ended::Well)
}

/// Whether each of `names` is declared.
fn tell_of(names: &[String], declared: &Declared) -> Ended {
    let missing: Vec<_> = names.iter().filter(|name| !declared.has(name)).collect();
    for name in names {
        to_stdout(&format!("{name}: {}\n", if missing.contains(&name) { "missing" } else { "there" }));
    }
    if missing.is_empty() { Ended::Well } else { Ended::NotBuilt }
}

/// All headers below `folder`: name and text.
fn read_folder(root: &Path, folder: &Path, headers: &mut BTreeMap<String, String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(root, &path, headers)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            headers.insert(name.display().to_string(), fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// Adds what the header declares.
fn read(text: &str, declared: &mut Declared) {
    let mut rest = String::new();
    for line in without_comments(text).replace("\\\n", " ").lines() {
        match line.trim_start().strip_prefix('#') {
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
            // They are the compiler's own.
            Some("include <stdint.h>") => declared.names.extend(STDINT.map(str::to_owned)),
            Some(directive) => {
                let name = directive.trim_start().strip_prefix("define ").map(str::trim_start);
                declared.names.extend(name.and_then(|name| tokens(name).next()).map(str::to_owned));
            }
        }
    }
    read_code(&rest, declared);
}

const STDINT: [&str; 8] =
    ["int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t"];

fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    plain + rest
}

/// Identifiers, and single characters of anything else.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let end = match is_word(first) {
            true => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        rest = after;
        Some(token)
    })
}

/// A brace that is open.
enum Block<'a> {
    /// Of a function: what is in it is used, and not declared.
    Body,
    /// Of a struct or a union, with its tag and the fields so far.
    Struct(&'a str, Vec<&'a str>),
    Other,
}

fn read_code<'a>(code: &'a str, declared: &mut Declared) {
    let mut open: Vec<Block<'a>> = Vec::new();
    let mut before: Vec<&str> = Vec::new();
    // In parentheses are parameters, but for the name of a pointer to a function.
    let mut parentheses = 0_u32;
    // The struct that was closed last: a name behind it is a typedef's.
    let mut closed: Vec<&str> = Vec::new();
    for token in tokens(code) {
        let in_body = open.iter().any(|block| matches!(block, Block::Body));
        match token {
            "{" => {
                let tag = before.iter().rposition(|word| TAGGED.contains(word));
                let name = tag.and_then(|tag| before.get(tag + 1)).copied().unwrap_or("");
                open.push(if in_body || matches!(before.last(), Some(&")" | &"=")) {
                    Block::Body
                } else if !name.is_empty() || tag.is_some() {
                    declared.names.insert(name.to_owned());
                    if before.contains(&"enum") { Block::Other } else { Block::Struct(name, Vec::new()) }
                } else {
                    Block::Other
                });
                parentheses = 0;
                before.clear();
            }
            "}" => {
                if let Some(Block::Struct(tag, fields)) = open.pop() {
                    declared.fields.extend(fields.iter().map(|field| format!("{tag}.{field}")));
                    // Those of a struct within, which has no tag, are the outer one's too.
                    if let Some(Block::Struct(_, outer)) = open.last_mut() {
                        outer.extend(&fields);
                    }
                    closed = fields;
                }
                before.clear();
            }
            ";" => {
                if let ["struct", name] = before[..] {
                    declared.opaque.insert(name.to_owned());
                }
                closed.clear();
                parentheses = 0;
                before.clear();
            }
            _ if in_body => {}
            word => {
                parentheses =
                    parentheses.saturating_add_signed(i32::from(word == "(") - i32::from(word == ")"));
                let is_name = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
                // A tag alone declares nothing yet.
                let is_tag = before.last().is_some_and(|last| TAGGED.contains(last));
                if is_name && !is_tag && (parentheses == 0 || before.ends_with(&["(", "*"])) {
                    match open.last_mut() {
                        Some(Block::Struct(_, fields)) => fields.push(word),
                        _ => {
                            declared.fields.extend(closed.iter().map(|field| format!("{word}.{field}")));
                            declared.names.insert(word.to_owned());
                        }
                    }
                }
                before.push(word);
            }
        }
    }
}

const TAGGED: [&str; 3] = ["struct", "union", "enum"];

/// How much of the demand is met: of symbols how many, and of uses how many; and what is missing, by header.
struct Met {
    symbols: (usize, usize),
    uses: (u32, u32),
    headers: (usize, usize),
    missing: Vec<(&'static str, Vec<String>)>,
    missing_headers: Vec<String>,
}

/// What is said of a demand that is met.
const COMPLETE: &str = "Nothing that they ask for is missing.";

impl Met {
    fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.missing_headers.is_empty()
    }
}

fn met(headers: &BTreeMap<String, String>, declared: &Declared) -> Met {
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
                let there = headers.contains_key(name);
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

/// The sentences that both forms begin with.
fn summary(met: &Met) -> String {
    let (symbols, uses, headers) = (met.symbols, met.uses, met.headers);
    format!(
        "Of the {} headers that 256 real modules include, {} are there. Of the {} functions, macros, types and fields that they \
         use, {} are there, which is {:.2} % of the uses.\n",
        headers.1,
        headers.0,
        symbols.1,
        symbols.0,
        100.0 * f64::from(uses.0) / f64::from(uses.1.max(1))
    )
}

fn plain(headers: &BTreeMap<String, String>, declared: &Declared) -> String {
    let met = met(headers, declared);
    let mut out = summary(&met);
    // A String takes everything.
    let _ = writeln!(out, "\nHeaders:");
    headers.keys().for_each(|name| _ = writeln!(out, "  {name}"));
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

fn markdown(headers: &BTreeMap<String, String>, declared: &Declared) -> String {
    let met = met(headers, declared);
    let code = |names: &[String]| {
        let quoted =
            names.iter().map(|name| name.split_once(' ').map_or(name.clone(), |(n, c)| format!("`{n}` {c}")));
        quoted.collect::<Vec<_>>().join(", ")
    };
    let mut out = summary(&met);
    let names: Vec<_> = headers.keys().map(|name| format!("`{name}`")).collect();
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
