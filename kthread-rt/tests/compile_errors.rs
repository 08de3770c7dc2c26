//! The compiler's messages for wrong invocations of the macros: each file of `tests/ui` has one.
//!
//! The texts are part of the interface. After an intended change, `TRYBUILD=overwrite cargo test
//! --test compile_errors` records them anew.

#![cfg(not(any(loom, shuttle)))]

#[test]
fn mistakes_are_reported_where_they_are_made() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
