//! Every function's example holds.

use crate::sample::holds;

#[test]
fn the_example_of_every_function_holds() {
    for function in crm_rules::functions().filter(|function| !function.example.is_empty()) {
        assert!(holds(function.example, &[]), "{}", function.example);
    }
}

#[test]
fn every_function_says_what_it_is_for_in_both_languages() {
    for function in crm_rules::functions() {
        assert!(function.form.starts_with(function.name), "{function:?}");
        assert!(!function.en.is_empty() && !function.zh.is_ascii(), "{function:?}");
    }
}
