//! Names the function that a line is in.

use super::export::Place;
use crate::generate::{is_left_out, is_reporting};
use std::ops::RangeInclusive;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, ItemImpl, ItemMod, Type};

/// The longest text of a region in its name.
const SHOWN: usize = 80;

/// The functions of a file.
#[derive(Debug)]
pub(super) struct Functions<'a> {
    lines: Vec<&'a str>,
    /// Outer functions before those within them. `None` for those that are left out.
    all: Vec<(RangeInclusive<usize>, Option<String>)>,
}

impl<'a> Functions<'a> {
    pub(super) fn of(text: &'a str) -> Result<Self, String> {
        let file = syn::parse_file(text).map_err(|e| e.to_string())?;
        let mut visitor = Visitor { scope: Vec::new(), left_out: false, all: Vec::new() };
        visitor.visit_file(&file);
        Ok(Self { lines: text.lines().collect(), all: visitor.all })
    }

    /// The name of the innermost function at `line`; `None` outside, and in functions that are left
    /// out.
    pub(super) fn at(&self, line: usize) -> Option<&str> {
        self.all.iter().rfind(|(lines, _)| lines.contains(&line))?.1.as_deref()
    }

    /// The text between two places, in one line.
    pub(super) fn text(&self, from: Place, to: Place) -> String {
        let mut text = String::new();
        for line in from.0..=to.0 {
            let chars: Vec<char> = self.lines.get(line - 1).copied().unwrap_or_default().chars().collect();
            let begin = if line == from.0 { from.1 - 1 } else { 0 };
            let end = if line == to.0 { (to.1 - 1).min(chars.len()) } else { chars.len() };
            let part: String = chars.get(begin..end).unwrap_or_default().iter().collect();
            text.push_str(part.trim());
            text.push(' ');
        }
        text.trim().to_owned()
    }
}

/// The beginning of a text, for a name.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// True if the code calls a function that reports: a warning, or an error that no model has.
pub(super) fn only_reports(code: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let called = |(at, _): (usize, &str)| code[..at].rsplit(|c| !is_word(c)).next().unwrap_or_default();
    code.match_indices('(').map(called).any(|name| !name.is_empty() && is_reporting(name))
}

struct Visitor {
    scope: Vec<String>,
    left_out: bool,
    all: Vec<(RangeInclusive<usize>, Option<String>)>,
}

impl Visitor {
    fn function(&mut self, name: String, left_out: bool, block: &Block) {
        let before = self.left_out;
        self.left_out |= left_out;
        self.scope.push(name);
        let span = block.span();
        let name = (!self.left_out).then(|| self.scope.join("::"));
        self.all.push((span.start().line..=span.end().line, name));
        visit::visit_block(self, block);
        self.scope.pop();
        self.left_out = before;
    }
}

impl<'ast> Visit<'ast> for Visitor {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        let name = function.sig.ident.to_string();
        let left_out = is_left_out(&function.attrs, &name);
        self.function(name, left_out, &function.block);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        let name = function.sig.ident.to_string();
        let left_out = is_left_out(&function.attrs, &name);
        self.function(name, left_out, &function.block);
    }

    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        let name = match &*block.self_ty {
            Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        self.scope.extend(name.clone());
        visit::visit_item_impl(self, block);
        if name.is_some() {
            self.scope.pop();
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_left_out(&module.attrs, "") {
            visit::visit_item_mod(self, module);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Functions, only_reports, shortened};

    const TEXT: &str = "impl A {\n    fn f() {\n        g(|| {\n            h();\n        });\n    }\n}\n\
                        #[cfg(test)]\nmod tests {\n    fn t() {\n        u();\n    }\n}\n";

    #[test]
    fn a_line_is_named_by_its_function() {
        let functions = Functions::of(TEXT).expect("it parses");
        assert_eq!(functions.at(4), Some("A::f"));
        assert_eq!(functions.at(1), None);
        assert_eq!(functions.at(11), None, "a test");
    }

    #[test]
    fn a_text_is_in_one_line() {
        let functions = Functions::of(TEXT).expect("it parses");
        assert_eq!(functions.text((3, 11), (5, 10)), "|| { h(); }");
    }

    #[test]
    fn a_long_text_is_shortened() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"x".repeat(81)), "x".repeat(80) + "…");
    }

    #[test]
    fn a_warning_is_found_by_its_call() {
        assert!(only_reports("{ me.warn(kind); return false; }"));
        assert!(!only_reports("{ warned(kind) }"));
    }
}
