//! The JSON that the wait graph writes: strings.

use std::fmt::Write;

/// Returns `text` as a JSON string.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                // A String takes everything.
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::text;

    #[test]
    fn forbidden_characters_are_escaped() {
        assert_eq!(text("a \"b\" \\ \n é"), r#""a \"b\" \\ \u000a é""#);
    }
}
