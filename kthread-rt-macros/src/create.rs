//! Puts the call of the runtime around the name.
//!
//! ```text
//! {
//!     let (threadfn, data) = __private::threadfn_and_data(<threadfn>, <data>);
//!     let cpu: u32 = <cpu>;
//!     let name = <name>;
//!     let shared = <probe of &data>;
//!     __private::kthread_run_on_cpu(threadfn, data, shared, cpu, name)
//! }
//! ```
//!
//! One call evaluates the first two, since only a call that sees both lets `|device|
//! device.flush()` infer the type of its parameter from `data`. The variables have mixed-site
//! hygiene: the caller's expressions cannot see them. Each has the span of its argument, so that a
//! type error in the last call points there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Result;
use syn::spanned::Spanned;

use crate::invocation::{Invocation, Shape};
use crate::name;

/// What one macro of the family expands to.
pub(crate) struct Form {
    shape: Shape,
    /// The function of the runtime that it calls.
    function: &'static str,
    third: Third,
}

/// The argument between `data` and the name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Third {
    Nothing,
    Node,
    Cpu,
}

pub(crate) const CREATE: Form = Form {
    shape: Shape {
        leading: &["threadfn", "data"],
        usage: "kthread_create!(threadfn, data, \"name\" [, args...])",
    },
    function: "kthread_create",
    third: Third::Nothing,
};

pub(crate) const RUN: Form = Form {
    shape: Shape {
        leading: &["threadfn", "data"],
        usage: "kthread_run!(threadfn, data, \"name\" [, args...])",
    },
    function: "kthread_run",
    third: Third::Nothing,
};

pub(crate) const RUN_STARTED: Form = Form {
    shape: Shape {
        leading: &["threadfn", "data"],
        usage: "kthread_run_started!(threadfn, data, \"name\" [, args...])",
    },
    function: "kthread_run_started",
    third: Third::Nothing,
};

pub(crate) const CREATE_ON_NODE: Form = Form {
    shape: Shape {
        leading: &["threadfn", "data", "node"],
        usage: "kthread_create_on_node!(threadfn, data, node, \"name\" [, args...])",
    },
    function: "kthread_create_on_node",
    third: Third::Node,
};

pub(crate) const CREATE_ON_CPU: Form = Form {
    shape: Shape {
        leading: &["threadfn", "data", "cpu"],
        usage: "kthread_create_on_cpu!(threadfn, data, cpu, \"name/%u\")",
    },
    function: "kthread_create_on_cpu",
    third: Third::Cpu,
};

pub(crate) const RUN_ON_CPU: Form = Form {
    shape: Shape {
        leading: &["threadfn", "data", "cpu"],
        usage: "kthread_run_on_cpu!(threadfn, data, cpu, \"name/%u\")",
    },
    function: "kthread_run_on_cpu",
    third: Third::Cpu,
};

/// Expands one invocation of `form`.
pub(crate) fn expand(form: &Form, input: TokenStream) -> Result<TokenStream> {
    let Invocation { leading, literal, args } = Invocation::parse(&form.shape, input)?;
    let here = Span::mixed_site();
    let variables: Vec<Ident> = std::iter::zip(form.shape.leading, &leading)
        .map(|(name, expr)| Ident::new(name, here.located_at(expr.span())))
        .collect();
    let [threadfn, data, third @ ..] = variables.as_slice() else {
        unreachable!("every form leads with threadfn and data");
    };
    let [threadfn_expr, data_expr, third_expr @ ..] = leading.as_slice() else {
        unreachable!("an invocation has what its form leads with");
    };
    let third_type = (form.third == Third::Cpu).then(|| quote_spanned!(here=> : ::core::primitive::u32));
    let name = match form.third {
        Third::Cpu => name::format_on_cpu(&literal, &args, &third[0])?,
        Third::Nothing | Third::Node => name::format(&literal, &args)?,
    };
    let function = Ident::new(form.function, here);
    Ok(quote_spanned! {here=>
        {
            let (#threadfn, #data) =
                ::kthread_rt::__private::threadfn_and_data(#threadfn_expr, #data_expr);
            #(let #third #third_type = #third_expr;)*
            let name = #name;
            let shared = {
                use ::kthread_rt::__private::{SharedViaArc as _, SharedViaNone as _};
                (&::kthread_rt::__private::SharedProbe(&#data)).shared()
            };
            ::kthread_rt::__private::#function(#threadfn, #data, shared, #(#third,)* name)
        }
    })
}
