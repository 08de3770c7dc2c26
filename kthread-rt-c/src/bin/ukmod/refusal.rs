//! Explains a compiler's messages about headers, after the messages themselves.
//!
//! Three cases look alike to a compiler: the source does not include the header that declares a
//! name, the headers declare it for another kernel version, or no header declares it. The headers
//! (`headers::Index`) and the list of files that the source includes (`Seen`) tell which case it
//! is.

use crate::flags::Version;
use crate::headers::{Index, tokens};
use std::collections::BTreeSet;

/// The files that a source includes, directly or indirectly.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Our headers, as paths below their folder.
    pub(crate) ours: BTreeSet<String>,
    /// Included files that do not exist.
    pub(crate) missing: Vec<String>,
}

impl Seen {
    /// Parses the output of `gcc -M -MG`. `include` is the folder of the headers.
    pub(crate) fn read(rule: &str, include: &str) -> Self {
        let mut seen = Self::default();
        let words = rule.split_once(": ").map_or("", |(_, words)| words).replace("\\\n", " ");
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

/// A sentence about a header that does not exist. `sources` include it; empty if there is only one
/// source.
pub(crate) fn missing_header(header: &str, sources: &[String]) -> String {
    let who = if sources.is_empty() { String::new() } else { format!(" (in {})", sources.join(", ")) };
    match is_kernels(header) {
        true => format!("not supported: the header <{header}>{who}"),
        false => {
            format!(
                "no header {header}{who}: it is neither beside the source nor in a folder of an -I option"
            )
        }
    }
}

/// True for a kernel's header. Others are the module's own.
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

/// A sentence for each name that `messages` report as missing.
pub(crate) fn missing_names(messages: &str, seen: &Seen, index: &Index, version: Version) -> Vec<String> {
    let plain = without_colours(messages);
    let lines: Vec<&str> = plain.lines().collect();
    let mut seen_names = BTreeSet::new();
    let mut sentences = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        // The source line that the compiler shows below the message.
        let shown = lines[number + 1..]
            .iter()
            .take(2)
            .find_map(|line| line.split_once(" | "))
            .map_or("", |(_, code)| code);
        for missed in missed(line, shown) {
            // A macro that was misused is not missing.
            let misused = plain.contains(&format!("macro \"{}\"", missed.name()));
            if misused || !seen_names.insert(missed.name().to_owned()) {
                continue;
            }
            sentences.extend(sentence(&missed, seen, index, version));
        }
    }
    sentences
}

/// What a compiler's message says is missing.
#[derive(Debug, PartialEq, Eq)]
enum Missed {
    /// The compiler does not know the name.
    Name(String),
    /// The compiler does not know the struct's members.
    Struct(String),
    /// A field of a struct that the compiler knows: `struct.field`.
    Field(String),
    /// The same, for a typedef: `type.field`.
    FieldOfType(String),
    /// The compiler does not understand the line that calls this, or takes its type for int.
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
    // Between the type's name and the field, the message may explain the type ("aka").
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

/// The names in a line of C that are followed by a parenthesis.
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
    let another_version = format!("not for kernel {a}.{b}.{c}: choose another version with --kernel-version");
    if let Missed::Field(field) | Missed::FieldOfType(field) = missed {
        let (of, field) = field.split_once('.')?;
        let a_struct = if matches!(missed, Missed::Field(_)) { "struct " } else { "" };
        let files = index.files_with(of);
        // A struct of the module's own is not our business; a struct whose header is not included
        // is reported as a whole.
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
            Missed::Name(_) => Some(format!(
                "not supported: {name}, which neither the source nor any supported header declares"
            )),
            // A struct that is only declared.
            Missed::Struct(_) if index.has_struct(name) => {
                Some(format!("not supported: the members of struct {name}, which the headers only declare"))
            }
            Missed::Struct(_) => Some(format!(
                "not supported: struct {name}, which neither the source nor any supported header defines"
            )),
            _ => None,
        };
    };
    if !is_seen(&files) {
        return Some(format!("{name} is declared in <{header}>, which the source does not include"));
    }
    // The source includes the header: unless the name itself is unknown, the error has another
    // cause.
    let is_missed = matches!(missed, Missed::Name(_));
    is_missed.then(|| format!("{name} is declared in <{header}>, but {another_version}"))
}

/// `messages` without the compiler's suggestions of our headers' internal names, which no kernel
/// has.
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

/// `text` without escape sequences for colours.
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
