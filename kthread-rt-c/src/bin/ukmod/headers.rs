//! The headers of this package, and what each declares.
//!
//! The headers themselves are parsed, so this can't be out of date. A header declares the names of
//! macros, the names outside of function bodies, and the fields of structs, for any version of the
//! kernel.

use crate::build::include_dir;
use crate::demand::{self, Demand, demands};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

/// What the headers declare.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    names: BTreeSet<String>,
    /// `struct.field`, of a struct's tag or of its typedef's name.
    fields: BTreeSet<String>,
    /// Structs that a header only declares.
    opaque: BTreeSet<String>,
}

impl Declared {
    pub(crate) fn has(&self, name: &str) -> bool {
        if name.contains('.') {
            return self.fields.contains(name);
        }
        // If no module uses its fields, a declared struct is enough: modules pass pointers to it.
        let has_field = |demand| matches!(demand, Demand::Symbol { name: field, .. } if field.starts_with(&format!("{name}.")));
        self.names.contains(name) || self.opaque.contains(name) && !demands().any(has_field)
    }
}

/// All headers below `folder`: name and text.
fn read_folder(root: &Path, folder: &Path, headers: &mut BTreeMap<String, String>) -> io::Result<()> {
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
pub(crate) fn read(text: &str, declared: &mut Declared) {
    let mut rest = String::new();
    for line in without_comments(text).replace("\\\n", " ").lines() {
        match line.trim_start().strip_prefix('#') {
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
            // This header is the compiler's own.
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
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
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

/// An open brace.
enum Block<'a> {
    /// A function's body: names in it are used, not declared.
    Body,
    /// Of a struct or a union, with its tag and the fields so far.
    Struct(&'a str, Vec<&'a str>),
    Other,
}

pub(crate) fn read_code<'a>(code: &'a str, declared: &mut Declared) {
    let mut open: Vec<Block<'a>> = Vec::new();
    let mut before: Vec<&str> = Vec::new();
    // Parentheses contain parameters, except for the name of a pointer to a function.
    let mut parentheses = 0_u32;
    // The fields of the struct that was closed last: a name that follows is its typedef.
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
                    // Fields of an inner struct without a tag are fields of the outer one, too.
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

/// The kernel's header that a file stands for. A definition may be in a file of our own
/// (`kt/core/linux/wait.h`); none if that serves several headers.
pub(crate) fn kernel_name(file: &str) -> Option<&str> {
    match file.strip_prefix("kt/") {
        None => Some(file),
        Some(inner) => inner.strip_prefix("core/").filter(|name| name.contains('/')),
    }
}

/// All headers: their paths below the folder, and their texts.
pub(crate) fn all() -> io::Result<BTreeMap<String, String>> {
    let folder = include_dir();
    let mut headers = BTreeMap::new();
    read_folder(&folder, &folder, &mut headers)
        .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", folder.display())))?;
    Ok(headers)
}

/// An index from names to the files that declare them.
pub(crate) struct Index {
    files: BTreeMap<String, Declared>,
    texts: BTreeMap<String, String>,
}

impl Index {
    pub(crate) fn read() -> io::Result<Self> {
        let texts = all()?;
        let files = texts.iter().map(|(file, text)| {
            let mut declared = Declared::default();
            read(text, &mut declared);
            (file.clone(), declared)
        });
        Ok(Self { files: files.collect(), texts })
    }

    /// The files that declare `name`: a function, a macro, a type, a struct with its fields.
    pub(crate) fn files_with(&self, name: &str) -> Vec<&str> {
        let with = self.files.iter().filter(|(_, declared)| declared.names.contains(name));
        with.map(|(file, _)| &**file).collect()
    }

    /// True if some header defines or declares the struct.
    pub(crate) fn has_struct(&self, name: &str) -> bool {
        self.files.values().any(|declared| declared.names.contains(name) || declared.opaque.contains(name))
    }

    /// The header that a source includes to get `name`, which `files` declare: the kernel's own
    /// choice, if one of `files` is for that header.
    pub(crate) fn header(&self, name: &str, files: &[&str]) -> Option<String> {
        let mut names: Vec<String> = files.iter().filter_map(|file| self.includable(file)).collect();
        // Prefers headers that modules include over those that only headers include.
        names.sort_by_key(|name| (!name.starts_with("linux/"), name.matches('/').count(), name.clone()));
        let kernels = demand::header_of(name).filter(|&home| names.iter().any(|name| name == home));
        let name = kernels.map(str::to_owned).or_else(|| names.into_iter().next());
        name.map(|name| self.whole(name))
    }

    /// For a header that has only types, the complete header, which is what a source includes.
    fn whole(&self, name: String) -> String {
        let types = ["_types_raw.h", "_types.h", "_api_smp.h"];
        let whole = types.iter().find_map(|end| Some(format!("{}.h", name.strip_suffix(end)?)));
        match whole.unwrap_or_else(|| name.clone()) {
            // A source must not include this one directly.
            whole if whole == "linux/rwlock.h" => "linux/spinlock.h".to_owned(),
            whole if self.texts.contains_key(&whole) => whole,
            _ => name,
        }
    }

    /// True if some header has the field, in some version.
    pub(crate) fn has_field(&self, of: &str, field: &str) -> bool {
        let name = format!("{of}.{field}");
        self.files.values().any(|declared| declared.fields.contains(&name))
    }

    /// The kernel's name for the file, or for the first header that includes it.
    fn includable(&self, file: &str) -> Option<String> {
        let includes = |text: &String| {
            text.lines()
                .filter_map(|line| line.trim_start().strip_prefix("#include"))
                .any(|line| line.contains(&format!("<{file}>")))
        };
        let includer =
            || self.texts.iter().find(|(name, text)| kernel_name(name).is_some() && includes(text));
        kernel_name(file).map(str::to_owned).or_else(|| kernel_name(includer()?.0).map(str::to_owned))
    }
}
