//! What a compiler's messages say about headers: told in words, behind the messages themselves.
//!
//! Three things look alike to a compiler, and are not: the source does not include the header that
//! has a name, the headers have it for another version, or nobody has it. Which one it is, is known
//! from the headers (`headers::Index`) and from what the source includes, which the compiler tells
//! (`Seen`).

use crate::flags::Version;
use crate::headers::{Index, tokens};
use std::collections::BTreeSet;

/// What a source includes, directly or not.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Files of ours, below the folder of the headers.
    pub(crate) ours: BTreeSet<String>,
    /// What is nowhere.
    pub(crate) missing: Vec<String>,
}

impl Seen {
    /// Reads what `gcc -M -MG` prints. `include` is the folder of the headers.
    pub(crate) fn read(told: &str, include: &str) -> Self {
        let mut seen = Self::default();
        let words = told.split_once(": ").map_or("", |(_, words)| words).replace("\\\n", " ");
        // A blank in a name is escaped.
        for word in words.replace("\\ ", "\x01").split_whitespace().map(|word| word.replace('\x01', " ")) {
            match word.strip_prefix(include) {
                Some(file) => _ = seen.ours.insert(file.trim_start_matches('/').to_owned()),
                None if std::path::Path::new(&word).exists() => {}
                None => seen.missing.push(word),
            }
        }
        seen
    }
}

/// A sentence for a header that is nowhere. `sources` include it, if there is more than one source
/// at all.
pub(crate) fn missing_header(header: &str, sources: &[String]) -> String {
    let who = if sources.is_empty() { String::new() } else { format!(" (in {})", sources.join(", ")) };
    match is_kernels(header) {
        true => format!("not supported: the header <{header}>{who}"),
        false => {
            format!("the header {header} is nowhere{who}: neither beside the source nor where -I options say")
        }
    }
}

/// Others are the module's own.
fn is_kernels(header: &str) -> bool {
    let folders = [
        "linux/",
        "asm/",
        "asm-generic/",
        "uapi/",
        "net/",
        "crypto/",
        "scsi/",
        "sound/",
        "drm/",
        "generated/",
        "media/",
        "rdma/",
        "trace/",
        "video/",
        "acpi/",
        "vdso/",
        "kunit/",
        "xen/",
    ];
    folders.iter().any(|folder| header.starts_with(folder))
}

/// The names that `messages` miss: a sentence each.
pub(crate) fn missing_names(messages: &str, seen: &Seen, index: &Index, version: Version) -> Vec<String> {
    let plain = without_colours(messages);
    let lines: Vec<&str> = plain.lines().collect();
    let mut told = BTreeSet::new();
    let mut sentences = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        // The source's line, which the compiler shows behind the message, and behind that, in it,
        // what is meant.
        let shown = lines[number + 1..]
            .iter()
            .take(2)
            .find_map(|line| line.split_once(" | "))
            .map_or("", |(_, code)| code);
        for missed in missed(line, shown) {
            // A macro that was not understood is not missing.
            let misused = plain.contains(&format!("macro \"{}\"", missed.name()));
            if misused || !told.insert(missed.name().to_owned()) {
                continue;
            }
            sentences.extend(sentence(&missed, seen, index, version));
        }
    }
    sentences
}

/// What a compiler has missed.
#[derive(Debug, PartialEq, Eq)]
enum Missed {
    /// It says that it does not know the name.
    Name(String),
    /// It does not know what is in the struct.
    Struct(String),
    /// A field of a struct that it does know: `struct.field`.
    Field(String),
    /// The same, of a type that has a name without `struct`: `type.field`.
    FieldOfType(String),
    /// It does not understand the line, in which this is called, or the type of something.
    Perhaps(String),
}

impl Missed {
    fn name(&self) -> &str {
        match self {
            Self::Name(name)
            | Self::Struct(name)
            | Self::Field(name)
            | Self::FieldOfType(name)
            | Self::Perhaps(name) => name,
        }
    }
}

fn missed(line: &str, shown: &str) -> Vec<Missed> {
    let quoted: Vec<&str> = line.split('\'').skip(1).step_by(2).collect();
    let first = quoted.first().copied().unwrap_or("");
    let tag =
        |quoted: &str| quoted.split_whitespace().skip_while(|word| *word != "struct").nth(1).map(plain_name);
    let has = |mark: &str| line.contains(mark);
    // Between the two, the compiler may say what a type is of which it says the name first.
    if let Some((_, field)) = line.split_once("has no member named '") {
        let field = plain_name(field);
        return vec![match tag(first) {
            Some(of) => Missed::Field(format!("{of}.{field}")),
            None => Missed::FieldOfType(format!("{}.{field}", plain_name(first))),
        }];
    }
    if has("' undeclared") || has("unknown type name '") || has("implicit declaration of function '") {
        return vec![Missed::Name(plain_name(first))];
    }
    if has("type defaults to 'int' in declaration of '") {
        return quoted.get(1).map(|name| Missed::Perhaps(plain_name(name))).into_iter().collect();
    }
    let of_struct = ["incomplete type", "undefined type", "isn't known", "declared inside parameter list"];
    if of_struct.iter().any(|mark| has(mark)) {
        let structs =
            quoted.iter().find_map(|quoted| tag(quoted)).map_or_else(|| structs(shown), |one| vec![one]);
        return structs.into_iter().map(Missed::Struct).collect();
    }
    if has("error: expected ") || has("data definition has no type") || has("parameter names (without types)")
    {
        return called(shown).into_iter().map(Missed::Perhaps).collect();
    }
    Vec::new()
}

fn plain_name(quoted: &str) -> String {
    let end = quoted.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(quoted.len());
    quoted[..end].to_owned()
}

/// The tags of the structs in a line of C.
fn structs(code: &str) -> Vec<String> {
    let words: Vec<_> = tokens(code).collect();
    words.windows(2).filter(|pair| pair[0] == "struct").map(|pair| pair[1].to_owned()).collect()
}

/// The names in a line of C that have a parenthesis behind them.
fn called(code: &str) -> Vec<String> {
    let words: Vec<_> = tokens(code).collect();
    let is_name = |word: &str| word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    words
        .windows(2)
        .filter(|pair| pair[1] == "(" && is_name(pair[0]))
        .map(|pair| pair[0].to_owned())
        .collect()
}

fn sentence(missed: &Missed, seen: &Seen, index: &Index, (a, b, c): Version) -> Option<String> {
    let is_seen = |files: &[&str]| files.iter().any(|file| seen.ours.contains(*file));
    let another_version =
        format!("not for the version that the headers play, {a}.{b}.{c} (--kernel-version)");
    if let Missed::Field(field) | Missed::FieldOfType(field) = missed {
        let (of, field) = field.split_once('.')?;
        let a_struct = if matches!(missed, Missed::Field(_)) { "struct " } else { "" };
        let files = index.files_with(of);
        // A struct of the module's own is the module's business; one that it does not include is
        // missed as a whole.
        let header = index.header(of, &files).filter(|_| is_seen(&files))?;
        return Some(match index.has_field(of, field) {
            true => format!("the field {field} of {a_struct}{of} is in <{header}>, but {another_version}"),
            false => {
                format!("not supported: the field {field} of {a_struct}{of}, which <{header}> does not have")
            }
        });
    }
    let name = missed.name();
    let files = index.files_with(name);
    let Some(header) = index.header(name, &files) else {
        return match missed {
            Missed::Name(_) => {
                Some(format!("not supported: {name}, which neither the source nor a header here declares"))
            }
            // A struct that only has a name.
            Missed::Struct(_) if index.has_struct(name) => Some(format!(
                "not supported: what is in struct {name}, of which the headers here have the name alone"
            )),
            Missed::Struct(_) => Some(format!(
                "not supported: struct {name}, which neither the source nor a header here defines"
            )),
            _ => None,
        };
    };
    if !is_seen(&files) {
        return Some(format!("{name} is declared in <{header}>: the source does not include it"));
    }
    // What is seen and not understood may be wrong for any reason.
    let is_missed = matches!(missed, Missed::Name(_));
    is_missed.then(|| format!("{name} is declared in <{header}>, but {another_version}"))
}

/// `messages` without the proposals to say one of the names that are the headers' own business
/// instead: no kernel has those.
pub(crate) fn without_our_names(messages: &str) -> String {
    const BEGIN: &str = "; did you mean '";
    const END: &str = "'?";
    let mut plain = String::with_capacity(messages.len());
    let mut rest = messages;
    while let Some((before, proposal)) = rest.split_once(BEGIN) {
        plain.push_str(before);
        let (name, behind) = proposal.split_once(END).unwrap_or((proposal, ""));
        let whole = &proposal[..proposal.len() - behind.len()];
        let bare = without_colours(name);
        if !bare.trim_start_matches('_').to_ascii_lowercase().starts_with("kt_") {
            plain.extend([BEGIN, whole]);
        }
        rest = behind;
    }
    plain + rest
}

/// `text` without the escapes that colour it.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\x1b') {
        plain.push_str(before);
        // An escape ends in the first letter.
        rest = escape.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &escape[end + 1..]);
    }
    plain + rest
}
