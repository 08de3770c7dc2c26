//! Decides which style a literal is written in, for all macros.
//!
//! A printf conversion makes it printf, otherwise a brace makes it Rust's, otherwise it is plain. A
//! literal with both, such as `"%u-{}"`, is an error: whichever style won, the other half would end
//! up in the name as text.

use syn::{Error, LitStr, Result};

use crate::placeholder::{self, Placeholder};
use crate::printf::{self, Piece};

/// A literal's style, with its pieces.
pub(crate) enum Style {
    /// The name itself.
    Plain,
    /// For `format!`.
    Rust(Vec<Placeholder>),
    /// Texts and conversions in order; free of mistakes.
    Printf(Vec<Piece>),
}

impl Style {
    /// Decides the style of `literal`.
    pub(crate) fn of(literal: &LitStr) -> Result<Self> {
        let text = literal.value();
        if text.contains('\0') {
            return Err(Error::new_spanned(literal, "a thread's name cannot contain a NUL byte"));
        }
        let pieces = printf::parse(&text);
        let placeholders = placeholder::find(&text);
        let conversion = pieces.iter().find_map(Piece::as_conversion);
        match (conversion, placeholders.first()) {
            (Some(conversion), Some(placeholder)) => Err(Error::new_spanned(
                literal,
                format!(
                    "the name mixes the printf conversion `{conversion}` with the Rust placeholder `{}`: \
                     choose one style",
                    placeholder.text
                ),
            )),
            (None, _) if text.contains(['{', '}']) => Ok(Self::Rust(placeholders)),
            (None, _) if !text.contains('%') => Ok(Self::Plain),
            _ => match pieces.iter().find_map(Piece::as_mistake) {
                Some(mistake) => Err(Error::new_spanned(literal, mistake)),
                None => Ok(Self::Printf(pieces)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::LitStr;

    use super::Style;

    fn style(text: &str) -> &'static str {
        match Style::of(&LitStr::new(text, Span::call_site())) {
            Ok(Style::Plain) => "plain",
            Ok(Style::Rust(_)) => "rust",
            Ok(Style::Printf(_)) => "printf",
            Err(_) => "error",
        }
    }

    #[test]
    fn a_conversion_makes_it_printf_and_braces_text() {
        for text in ["kworker/%u:%d", "100%%", "%d{", "%d}}", "%d{two words}", "{{%s}}"] {
            assert_eq!(style(text), "printf", "{text}");
        }
    }

    #[test]
    fn braces_without_a_conversion_make_it_rust_style() {
        for text in ["kworker/{}:{}", "{{", "load {}%", "{id}%, {x}"] {
            assert_eq!(style(text), "rust", "{text}");
        }
    }

    #[test]
    fn neither_makes_it_plain() {
        for text in ["", "kthreadd", "per cpu"] {
            assert_eq!(style(text), "plain", "{text}");
        }
    }

    #[test]
    fn mixtures_mistakes_and_nul_are_errors() {
        for text in ["%d{}", "{id}%%", "50%", "%q", "%d %q", "a\0b"] {
            assert_eq!(style(text), "error", "{text}");
        }
    }
}
