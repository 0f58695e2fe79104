//! Any page gives the tree that html5ever's own tokenizer gives: `cargo +nightly fuzz run dom`.

#![no_main]

#[path = "../../tests/dom_fidelity/difference.rs"]
mod difference;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|page: &str| {
    if difference::is_known(page) {
        return;
    }
    if let Some(difference) = difference::difference(page) {
        // Pages that meet a bound differ, and should.
        assert!(difference.starts_with("cut: "), "{difference}");
    }
});
