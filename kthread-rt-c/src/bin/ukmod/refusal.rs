//! What a compiler's messages say about what our headers lack: told by name, behind the messages themselves.

use crate::demand;
use std::collections::BTreeSet;

/// The headers and symbols that `messages` miss, and that a kernel has: a sentence each.
pub(crate) fn unsupported(messages: &str) -> Vec<String> {
    let plain = without_colours(messages);
    let mut found = BTreeSet::new();
    for line in plain.lines() {
        if let Some(header) = header(line) {
            found.insert(format!("not supported: the header <{header}>"));
        } else if let Some((name, home)) = symbol(line) {
            let home = home.trim_start_matches("arch:");
            found.insert(match name.contains('.') {
                true => format!("not supported: {name}, of <{home}>"),
                // All that is on the list is in some header: the right one was not included.
                false => format!("{name} is declared in <{home}>: does the module include it?"),
            });
        }
    }
    found.into_iter().collect()
}

/// `a.c:1:10: fatal error: linux/usb.h: No such file or directory`.
fn header(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("fatal error: ")?;
    let name = rest.strip_suffix(": No such file or directory")?;
    // Others are the module's own.
    let kernels = [
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
    ];
    kernels.iter().any(|folder| name.starts_with(folder)).then_some(name)
}

/// A name that the compiler does not know, if a kernel has it; and its header.
fn symbol(line: &str) -> Option<(String, &'static str)> {
    let quoted: Vec<&str> = line.split('\'').skip(1).step_by(2).collect();
    let plain = |name: &&str| name.rsplit(' ').next().unwrap_or(name).to_owned();
    let name = if line.contains("has no member named '") {
        format!("{}.{}", plain(quoted.first()?), quoted.get(1)?)
    } else {
        let marks = [
            "' undeclared",
            "unknown type name '",
            "implicit declaration of function '",
            "incomplete type '",
            "undefined type '",
            "isn't known",
        ];
        marks.iter().any(|mark| line.contains(mark)).then(|| quoted.first().map(plain))??
    };
    let home = demand::header_of(&name)?;
    Some((name, home))
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
