//! Parses an invocation: the leading arguments, the name's literal, the name's arguments.
//!
//! All macros have the shape `leading..., "name" [, args...]`, with different leading arguments.
//! Arguments are known by position, as in C. So a missing one can only be guessed from the
//! literal's position: if it comes too early, an argument before it is missing.

use proc_macro2::{Span, TokenStream};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Error, Expr, ExprLit, Lit, LitStr, Result, Token};

/// What a macro expects in front of the name.
pub(crate) struct Shape {
    /// The names of the leading arguments, in order.
    pub(crate) leading: &'static [&'static str],
    /// A correct invocation, shown in error messages.
    pub(crate) usage: &'static str,
}

/// A parsed invocation. Only its shape has been checked.
pub(crate) struct Invocation {
    pub(crate) leading: Vec<Expr>,
    pub(crate) literal: LitStr,
    pub(crate) args: Vec<Expr>,
}

impl Invocation {
    /// Parses `leading..., "name" [, args...]`.
    pub(crate) fn parse(shape: &Shape, input: TokenStream) -> Result<Self> {
        let mut exprs = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(input)?.into_iter();
        let mut leading: Vec<Expr> = exprs.by_ref().take(shape.leading.len()).collect();
        let Some(name) = exprs.next() else {
            return Err(missing(shape, &leading));
        };
        let Some(literal) = string_literal(&name) else {
            return Err(not_a_literal(shape, leading.pop().as_ref(), &name));
        };
        Ok(Self { leading, literal: literal.clone(), args: exprs.collect() })
    }
}

/// The string literal that `expr` is.
fn string_literal(expr: &Expr) -> Option<&LitStr> {
    match ungrouped(expr) {
        Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => Some(literal),
        _ => None,
    }
}

/// `expr` without the invisible groups that `macro_rules!` puts around its fragments.
pub(crate) fn ungrouped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => ungrouped(&group.expr),
        _ => expr,
    }
}

/// The error for an invocation that ends before the name.
fn missing(shape: &Shape, given: &[Expr]) -> Error {
    let usage = shape.usage;
    let Some(last) = given.last() else {
        return Error::new(Span::call_site(), format!("nothing is given: write `{usage}`"));
    };
    let absent = if string_literal(last).is_some() {
        // The literal is the name: all arguments that belong before it are missing.
        join(&shape.leading[given.len() - 1..])
    } else {
        join(&[&shape.leading[given.len()..], &["the name"]].concat())
    };
    Error::new_spanned(last, format!("{absent} missing: write `{usage}`"))
}

/// "`threadfn` and `data` are", "the name is".
fn join(what: &[&str]) -> String {
    let quoted: Vec<String> = what
        .iter()
        .map(|&word| if word.contains(' ') { word.to_owned() } else { format!("`{word}`") })
        .collect();
    match quoted.as_slice() {
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
        [] => unreachable!("something is missing when this is asked"),
    }
}

/// The error for a name that is computed; `before` is the last argument in front of it.
fn not_a_literal(shape: &Shape, before: Option<&Expr>, name: &Expr) -> Error {
    let message = match before.and_then(string_literal) {
        // The literal in front of it may be the name, with an argument before that missing.
        Some(literal) => format!(
            "the name must be a string literal: if `{}` is the name, something is missing before it: write `{}`",
            literal.token(),
            shape.usage
        ),
        None => "the name must be a string literal, so that it can be checked; \
                 for a computed name write `\"%s\", name` or `\"{}\", name`"
            .to_owned(),
    };
    Error::new_spanned(name, message)
}
