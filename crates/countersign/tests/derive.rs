//! Tests of the compiler's messages: about the derive macro, and about traits that a type does not implement.
#![cfg(feature = "derive")]

#[test]
fn mistakes_in_a_catalogue_are_compile_errors() {
    trybuild::TestCases::new().compile_fail("tests/derive/*.rs");
}

#[test]
fn the_message_about_a_missing_trait_names_the_cure() {
    trybuild::TestCases::new().compile_fail("tests/bounds/*.rs");
}
