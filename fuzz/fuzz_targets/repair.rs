//! Any text: repair never panics, does not make it longer than a bound, changes nothing the second time, and leaves
//! what the gate passes over. `cargo fuzz run repair`.
#![no_main]

use copydesk::mojibake::{Hints, Options, Plan, apply, repair, suspicious, undo};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (hints, options) = (Hints::default(), Options::default());
    let once = repair(text, &hints, &options);
    // A byte stands for one character of at most four bytes, and never fewer than one byte stood for it.
    assert!(once.text.len() <= text.len() * 4);
    assert_eq!(repair(&once.text, &hints, &options).text, once.text);
    assert!(suspicious(text) || once.text == text);
    let plan = Plan::from(&once);
    assert_eq!(apply(&plan, text).as_deref(), Ok(&*once.text));
    assert_eq!(undo(&plan, &once.text).as_deref(), Ok(text));
});
