//! Whatever may come instead of a file.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::any_bytes::read;
use crate::wire::fixture;

/// What a file is made of, so that more than the first byte is read.
const PIECES: &[&str] = &[
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
    "<offer>",
    "</offer>",
    "<products language=\"pol\" currency=\"PLN\">",
    "</products>",
    "<product id=\"1\">",
    "<product id='2' vat=\"23\"/>",
    "</product>",
    "<sizes>",
    "</sizes>",
    "<size id=\"3\" name=\"M\">",
    "</size>",
    "<price gross=\"1\"/>",
    "<stock quantity=\"-1\"/>",
    "<description><name>Kubek</name></description>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?",
    "?>",
    "<!DOCTYPE offer [",
    "&amp;",
    "&what;",
    "&#0;",
    "<",
    ">",
    "\"",
    "/",
    " ",
    "ż",
];

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in vec(any::<u8>(), 0..300)) {
        read(&bytes);
    }

    #[test]
    fn any_pieces_are_read_without_a_panic(pieces in vec(select(PIECES), 0..40)) {
        read(pieces.concat().as_bytes());
        read(["<offer><products>", &pieces.concat()].concat().as_bytes());
        read(["<offer><products><product id=\"9\">", &pieces.concat(), "</product></products></offer>"].concat().as_bytes());
    }

    #[test]
    fn damaged_files_are_read_without_a_panic(
        name in select(&["offer", "gateway", "marketplace"][..]),
        damage in vec((any::<Index>(), select(PIECES), 0_usize..12), 1..6),
    ) {
        let mut bytes = fixture(name).into_bytes();
        for (place, piece, length) in damage {
            let place = place.index(bytes.len());
            let end = (place + length).min(bytes.len());
            bytes.splice(place..end, piece.bytes());
        }
        read(&bytes);
    }
}

#[test]
fn the_fixtures_are_read() {
    for name in ["offer", "gateway", "marketplace"] {
        read(fixture(name).as_bytes());
    }
}
