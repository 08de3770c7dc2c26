//! Finds the `{...}` placeholders of a Rust-style literal.
//!
//! It parses only what two questions need: does a literal that also has printf conversions mean its
//! braces as placeholders, and does an `_on_cpu` name have at most one of them? Everything else is
//! left to `format!` itself, whose errors point into the literal better than ours could.

/// One placeholder, with its braces, and what it takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Placeholder {
    /// As written: `{}`, `{id:>4}`.
    pub(crate) text: String,
    /// Whether it takes exactly the first positional argument: `{}` or `{0}`, without `$` or `.*`
    /// counts.
    pub(crate) takes_first: bool,
}

/// All placeholders of `literal`, in order. `{{` and `}}` are escapes; braces around text that
/// `format!` would not accept are skipped.
pub(crate) fn find(literal: &str) -> Vec<Placeholder> {
    let mut found = Vec::new();
    let mut rest = literal;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
        } else if let Some(close) = rest.find(['{', '}'])
            && rest[close..].starts_with('}')
        {
            found.extend(placeholder(&rest[..close]));
            rest = &rest[close + 1..];
        }
    }
    found
}

/// The placeholder with the content `inside`, if it is one.
fn placeholder(inside: &str) -> Option<Placeholder> {
    let (argument, spec) = inside.split_once(':').unwrap_or((inside, ""));
    let argument = argument.trim();
    let is_index = argument.chars().all(|c| c.is_ascii_digit());
    let is_name = argument.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !argument.starts_with(|c: char| c.is_ascii_digit());
    (is_index || is_name).then(|| Placeholder {
        text: format!("{{{inside}}}"),
        takes_first: matches!(argument, "" | "0") && !spec.contains('$') && !spec.contains(".*"),
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    fn texts(literal: &str) -> Vec<String> {
        find(literal).into_iter().map(|placeholder| placeholder.text).collect()
    }

    #[test]
    fn escapes_and_stray_braces_are_no_placeholders() {
        assert!(texts("plain").is_empty());
        assert!(texts("{{}}").is_empty());
        assert!(texts("{{id}}").is_empty());
        assert!(texts("a } b { c").is_empty());
        assert!(texts("{two words}").is_empty());
        assert!(texts("{1x}").is_empty());
    }

    #[test]
    fn every_form_of_placeholder_is_found() {
        assert_eq!(texts("{}/{0}:{id:>4}{{}}{:#x}"), ["{}", "{0}", "{id:>4}", "{:#x}"]);
        assert_eq!(texts("{{{}}}"), ["{}"]);
    }

    #[test]
    fn only_the_first_positional_argument_counts_as_first() {
        let firsts = |literal| find(literal).iter().map(|p| p.takes_first).collect::<Vec<_>>();
        assert_eq!(firsts("{}{0}{0:>4}"), [true, true, true]);
        assert_eq!(firsts("{1}{id}{:>1$}{:.*}"), [false, false, false, false]);
    }
}
