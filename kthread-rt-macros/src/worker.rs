//! Puts the call that creates a worker around the name of its thread.
//!
//! ```text
//! {
//!     let cpu: u32 = <cpu>;
//!     let flags: u32 = <flags>;
//!     let name = <name>;
//!     ::kthread_rt::kthread_create_worker_on_cpu(cpu, flags, &name)
//! }
//! ```
//!
//! As in [`create`](crate::create), the variables have mixed-site hygiene.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Result;
use syn::spanned::Spanned;

use crate::invocation::{Invocation, Shape};
use crate::name;

/// What one macro of the family expands to: a call of the function that has its name.
pub(crate) struct Form {
    shape: Shape,
    function: &'static str,
}

pub(crate) const CREATE: Form = Form {
    shape: Shape { leading: &["flags"], usage: "kthread_create_worker!(flags, \"name\" [, args...])" },
    function: "kthread_create_worker",
};

pub(crate) const CREATE_ON_NODE: Form = Form {
    shape: Shape {
        leading: &["flags", "node"],
        usage: "kthread_create_worker_on_node!(flags, node, \"name\" [, args...])",
    },
    function: "kthread_create_worker_on_node",
};

pub(crate) const CREATE_ON_CPU: Form = Form {
    shape: Shape {
        leading: &["cpu", "flags"],
        usage: "kthread_create_worker_on_cpu!(cpu, flags, \"name/%u\" [, args...])",
    },
    function: "kthread_create_worker_on_cpu",
};

pub(crate) const RUN: Form = Form {
    shape: Shape { leading: &["flags"], usage: "kthread_run_worker!(flags, \"name\" [, args...])" },
    function: "kthread_run_worker",
};

pub(crate) const RUN_ON_CPU: Form = Form {
    shape: Shape {
        leading: &["cpu", "flags"],
        usage: "kthread_run_worker_on_cpu!(cpu, flags, \"name/%u\" [, args...])",
    },
    function: "kthread_run_worker_on_cpu",
};

/// Expands one invocation of `form`.
pub(crate) fn expand(form: &Form, input: TokenStream) -> Result<TokenStream> {
    let Invocation { leading, literal, args } = Invocation::parse(&form.shape, input)?;
    let here = Span::mixed_site();
    let variables: Vec<Ident> = std::iter::zip(form.shape.leading, &leading)
        .map(|(name, expr)| Ident::new(name, here.located_at(expr.span())))
        .collect();
    let types = form.shape.leading.iter().map(|&name| {
        let of_kernel = if name == "node" { "i32" } else { "u32" };
        Ident::new(of_kernel, here)
    });
    let cpu = variables.iter().find(|variable| *variable == "cpu");
    // Linux 6.1 takes the arguments as written; since 6.14 the name's one conversion formats the
    // cpu.
    let name = match cpu {
        Some(cpu) if args.is_empty() => name::format_on_cpu(&literal, &args, cpu)?,
        _ => name::format(&literal, &args)?,
    };
    let function = Ident::new(form.function, here);
    Ok(quote_spanned! {here=>
        {
            #(let #variables: ::core::primitive::#types = #leading;)*
            let name = #name;
            ::kthread_rt::#function(#(#variables,)* &name)
        }
    })
}
