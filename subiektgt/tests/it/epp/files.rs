//! Whole files, in the variety in which they are found.

use super::{entries, shown};

macro_rules! files {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            insta::assert_snapshot!(shown(include_bytes!(concat!("../../fixtures/", stringify!($name), ".epp"))));
        }
    )* };
}

files! {
    version_1_05
    version_1_05_1
    version_1_11
    code_page_852
    without_info
    empty_info
    stray_quotes
    doubled_quotes
    continued
    other_order
    torn_in_a_number
    torn_in_a_text
    without_symbol
}

#[test]
fn line_ends_and_blank_lines_make_no_difference() {
    let usual = entries(include_bytes!("../../fixtures/version_1_05_1.epp"));
    assert_eq!(usual.len(), 5);
    assert_eq!(usual, entries(include_bytes!("../../fixtures/without_blank_lines.epp")));
    assert_eq!(usual, entries(include_bytes!("../../fixtures/line_feeds.epp")));
    assert_eq!(usual, entries(include_bytes!("../../fixtures/returns.epp")));
    assert_eq!(usual, entries(include_bytes!("../../fixtures/without_info.epp")));
}
