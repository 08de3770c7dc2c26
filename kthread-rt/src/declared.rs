//! The errors of the `DECLARE_…!` and `DEFINE_…!` macros: code that writes one as in C learns the
//! form that it has here.

/// Fails to compile, with the form that the caller should have written.
///
/// The first word says what the form has after `static NAME`: nothing (`name`), a function
/// (`function`), or another value (`value`). `local` macros declare a variable instead.
#[doc(hidden)]
#[macro_export]
macro_rules! __not_the_form {
    (name, $call:literal, $form:literal; $name:ident $(,)?) => {
        ::core::compile_error!(::core::concat!(
            "the kernel's ",
            $call,
            "(",
            ::core::stringify!($name),
            ") is written here: ",
            $call,
            "!(static ",
            ::core::stringify!($name),
            ")"
        ));
    };
    (function, $call:literal, $form:literal; $name:ident, $function:expr $(,)?) => {
        ::core::compile_error!(::core::concat!(
            "the kernel's ",
            $call,
            "(",
            ::core::stringify!($name),
            ", ",
            ::core::stringify!($function),
            ") is written here: ",
            $call,
            "!(static ",
            ::core::stringify!($name),
            " = ",
            ::core::stringify!($function),
            ")"
        ));
    };
    (value, $call:literal, $form:literal; $name:ident $(,)?) => {
        $crate::__not_the_form!(name, $call, $form; $name);
    };
    (value, $call:literal, $form:literal; $name:ident, & $value:expr $(,)?) => {
        $crate::__not_the_form!(value, $call, $form; $name, $value);
    };
    (value, $call:literal, $form:literal; $name:ident, $value:expr $(,)?) => {
        ::core::compile_error!(::core::concat!(
            "the kernel's ",
            $call,
            "(",
            ::core::stringify!($name),
            ", ",
            ::core::stringify!($value),
            ") is written here: ",
            $call,
            "!(static ",
            ::core::stringify!($name),
            ", ",
            ::core::stringify!($value),
            ")"
        ));
    };
    ($kind:ident, $call:literal, $form:literal; $($other:tt)*) => {
        ::core::compile_error!(::core::concat!("the form is ", $call, "!(", $form, ")"));
    };
}
