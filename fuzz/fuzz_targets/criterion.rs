//! Any text is read as a criterion, printed, and read again as the same.
#![no_main]

use crm_core::record::filter::{Filter, parse};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok((filter, places)) = parse(text) {
        assert!(places.iter().all(|place| text.get(place.test.clone()).is_some()));
        let printed = filter.to_string();
        assert_eq!(printed.parse::<Filter>().as_ref(), Ok(&filter), "{printed}");
    }
});
