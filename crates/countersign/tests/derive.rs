//! Tests of the errors of the derive macro.
#![cfg(feature = "derive")]

#[test]
fn mistakes_in_a_catalogue_are_compile_errors() {
    trybuild::TestCases::new().compile_fail("tests/derive/*.rs");
}
