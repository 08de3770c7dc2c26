//! What the compiler says about a mistake in an invocation: each file of `tests/ui` makes one.
//!
//! The texts are part of the interface. After a change on purpose,
//! `TRYBUILD=overwrite cargo test --test compile_errors` records them anew.

#![cfg(not(any(loom, shuttle)))]

#[test]
fn mistakes_are_told_where_they_are_made() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
