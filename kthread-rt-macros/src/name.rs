//! Turns a literal and its arguments into an expression of type `String`.
//!
//! The expression is one chain of calls without variables of its own. Arguments are evaluated in
//! the order written, in the caller's scope, and their temporaries live to the end of the statement
//! that holds the chain. So `?`, `.await` and borrowed temporaries work as in a function call.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::token::Paren;
use syn::{Error, Expr, ExprParen, ExprReference, Ident, LitStr, Result, Token, parse_quote};

use crate::invocation::{Invocation, Shape, ungrouped};
use crate::printf::{Conversion, Count, Flag, Kind, Length, Piece};
use crate::style::Style;

/// The shape of `kthread_name!`.
const NAME: Shape = Shape { leading: &[], usage: "kthread_name!(\"name\" [, args...])" };

/// `kthread_name!`.
pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let Invocation { literal, args, .. } = Invocation::parse(&NAME, input)?;
    format(&literal, &args)
}

/// Formats a name with the arguments that the caller gave.
pub(crate) fn format(literal: &LitStr, args: &[Expr]) -> Result<TokenStream> {
    match Style::of(literal)? {
        Style::Plain => match args.first() {
            None => Ok(plain(literal)),
            Some(first) => Err(surplus(first, 0)),
        },
        // `format!` itself checks counts, named arguments and captures; its errors point into the
        // literal.
        Style::Rust(_) => Ok(quote!(::std::format!(#literal #(, #args)*))),
        Style::Printf(pieces) => printf(literal, &pieces, args),
    }
}

/// Formats a name of the `_on_cpu` macros: at most one conversion, which formats the variable
/// `cpu`, a `u32`.
pub(crate) fn format_on_cpu(literal: &LitStr, args: &[Expr], cpu: &Ident) -> Result<TokenStream> {
    if let Some(first) = args.first() {
        return Err(Error::new_spanned(
            first,
            "no arguments follow this name: its one conversion is given the cpu number",
        ));
    }
    match Style::of(literal)? {
        Style::Plain => Ok(plain(literal)),
        Style::Rust(placeholders) => match placeholders.as_slice() {
            [] => Ok(quote!(::std::format!(#literal))),
            [one] if one.takes_first => Ok(quote!(::std::format!(#literal, #cpu))),
            [one] => Err(not_for_cpu(literal, &one.text)),
            [_, second, ..] => Err(second_conversion(literal, &second.text)),
        },
        Style::Printf(pieces) => {
            let mut conversions = pieces.iter().filter_map(|piece| match piece {
                Piece::Conversion(conversion) => Some(conversion),
                _ => None,
            });
            let first = conversions.next();
            if let Some(second) = conversions.next() {
                return Err(second_conversion(literal, &second.text));
            }
            match first {
                None => printf(literal, &pieces, &[]),
                Some(one) if takes_cpu(one) => printf(literal, &pieces, &[parse_quote!(#cpu)]),
                Some(one) => Err(not_for_cpu(literal, &one.text)),
            }
        }
    }
}

/// Whether `conversion` can format a `u32` and takes no other argument.
fn takes_cpu(conversion: &Conversion) -> bool {
    let fits = matches!(conversion.length, Length::Int | Length::Short | Length::Byte);
    conversion.kind.is_integer() && fits && conversion.arguments() == 1
}

/// The literal is the name.
fn plain(literal: &LitStr) -> TokenStream {
    quote!(::std::string::String::from(#literal))
}

/// The chain of calls for a printf literal.
fn printf(literal: &LitStr, pieces: &[Piece], args: &[Expr]) -> Result<TokenStream> {
    if let Some(Expr::Assign(named)) = args.iter().find(|arg| matches!(arg, Expr::Assign(_))) {
        return Err(Error::new_spanned(named, "printf conversions take their arguments by position"));
    }
    let wanted = pieces.iter().map(|piece| match piece {
        Piece::Conversion(conversion) => conversion.arguments(),
        _ => 0,
    });
    let wanted: usize = wanted.sum();
    if let Some(first) = args.get(wanted) {
        return Err(surplus(first, wanted));
    }
    let mut given = args.iter();
    let mut calls = TokenStream::new();
    for piece in pieces {
        calls.extend(match piece {
            Piece::Text(text) => quote!(.text(#text)),
            Piece::Percent => quote!(.text("%")),
            Piece::Conversion(conversion) => match call(conversion, &mut given) {
                Some(call) => call,
                None => return Err(lacking(literal, conversion, wanted, args.len())),
            },
            Piece::Mistake(_) => unreachable!("a literal with mistakes has no style"),
        });
    }
    Ok(quote!(::kthread_rt::__private::format::Name::new() #calls .into_string()))
}

/// `.signed(spec, value)` and its like for one conversion; `None` when the arguments run out.
fn call<'a>(conversion: &Conversion, args: &mut impl Iterator<Item = &'a Expr>) -> Option<TokenStream> {
    let format = quote!(::kthread_rt::__private::format);
    let flags = conversion.flags.iter().map(|flag| match flag {
        Flag::Left => quote!(.left()),
        Flag::Plus => quote!(.plus()),
        Flag::Space => quote!(.space()),
        Flag::Alternate => quote!(.alternate()),
        Flag::Zero => quote!(.zero()),
    });
    let mut spec = quote!(#format::Spec::new() #(#flags)*);
    match conversion.width {
        None => {}
        Some(Count::Fixed(width)) => spec.extend(quote!(.width(#width))),
        Some(Count::Argument) => {
            let arg = args.next()?;
            spec.extend(quote!(.width_from(#format::int(#arg))));
        }
    }
    match conversion.precision {
        None => {}
        Some(Count::Fixed(precision)) => spec.extend(quote!(.precision(#precision))),
        Some(Count::Argument) => {
            let arg = args.next()?;
            spec.extend(quote!(.precision_from(#format::int(#arg))));
        }
    }
    let arg = args.next()?;
    let value = match (conversion.kind, conversion.length) {
        (Kind::Character, _) => quote!(#format::character(#arg)),
        (Kind::Str, _) => {
            let borrowed = borrow(arg);
            quote!(#format::string(#borrowed))
        }
        (Kind::Pointer, _) => {
            let borrowed = borrow(arg);
            quote!(#format::pointer(#borrowed))
        }
        (_, Length::Int) => quote!(#format::int(#arg)),
        (_, Length::Short) => quote!(#format::short(#arg)),
        (_, Length::Byte) => quote!(#format::byte(#arg)),
        (_, Length::Long) => quote!(#format::long(#arg)),
        (_, Length::Size) => quote!(#format::size(#arg)),
    };
    Some(match conversion.kind {
        Kind::Signed => quote!(.signed(#spec, #value)),
        Kind::Unsigned => quote!(.unsigned(#spec, #value)),
        Kind::Octal => quote!(.octal(#spec, #value)),
        Kind::LowerHex => quote!(.lower_hex(#spec, #value)),
        Kind::UpperHex => quote!(.upper_hex(#spec, #value)),
        Kind::Character => quote!(.character(#spec, #value)),
        Kind::Str => quote!(.string(#spec, #value)),
        Kind::Pointer => quote!(.pointer(#spec, #value)),
    })
}

/// `&arg`, so that a name does not consume its strings. The added tokens have the argument's span,
/// so that compiler errors point there.
fn borrow(arg: &Expr) -> Expr {
    let place = arg.span();
    let expr = Box::new(arg.clone());
    // An invisible group does not keep `&` from binding to the first operand alone.
    let expr = match ungrouped(arg) {
        Expr::Binary(_) | Expr::Cast(_) => {
            Box::new(Expr::Paren(ExprParen { attrs: Vec::new(), paren_token: Paren(place), expr }))
        }
        _ => expr,
    };
    Expr::Reference(ExprReference { attrs: Vec::new(), and_token: Token![&](place), mutability: None, expr })
}

/// The error for more arguments than conversions.
fn surplus(first: &Expr, wanted: usize) -> Error {
    let message = match wanted {
        0 => "this argument is too many: the name has no conversion".to_owned(),
        _ => format!("this argument is too many: the name takes {}", counted(wanted)),
    };
    Error::new_spanned(first, message)
}

/// The error for fewer arguments than conversions.
fn lacking(literal: &LitStr, conversion: &Conversion, wanted: usize, given: usize) -> Error {
    let text = &conversion.text;
    let starred = match conversion.arguments() {
        1 => "",
        _ => " (each `*` takes one as well)",
    };
    let wanted = counted(wanted);
    Error::new_spanned(
        literal,
        format!("`{text}` lacks an argument: the name takes {wanted}, {given} given{starred}"),
    )
}

/// "1 argument", "2 arguments".
fn counted(arguments: usize) -> String {
    format!("{arguments} argument{}", if arguments == 1 { "" } else { "s" })
}

/// The error for a conversion that can't format the cpu number.
fn not_for_cpu(literal: &LitStr, conversion: &str) -> Error {
    Error::new_spanned(
        literal,
        format!("`{conversion}` cannot be given the cpu number, a `u32`: write `%u` or `{{}}`"),
    )
}

/// The error for a conversion after the one for the cpu number.
fn second_conversion(literal: &LitStr, conversion: &str) -> Error {
    Error::new_spanned(
        literal,
        format!("`{conversion}` is a second conversion: this name takes one, for the cpu number"),
    )
}
