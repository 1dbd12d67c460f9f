//! The code pages, against the tables of another implementation.

use subiektgt::wire::ReadError;

use super::{info, read, section, tags};

/// The bytes from 128 in code page 852.
const CP852: &str = "\
    ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č\
    áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐\
    └┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀\
    ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}";

/// The bytes from 128 in code page 1250. Five mean nothing.
const CP1250: &str = "\
    €\u{fffd}‚\u{fffd}„…†‡\u{fffd}‰Š‹ŚŤŽŹ\u{fffd}‘’“”•–—\u{fffd}™š›śťžź\
    \u{a0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{ad}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż\
    ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß\
    ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙";

/// A file that has a tag for each byte from 128, as `x` and the byte.
fn every_byte(head: &str) -> Vec<u8> {
    let mut file = head.as_bytes().to_vec();
    file.extend(b"[NAGLOWEK]\n\"CECHYTOWAROW\"\n[ZAWARTOSC]\n");
    for byte in 128..=255 {
        file.extend([b'"', b's', b'"', b',', b'"', b'x', byte, b'x', b'"', b'\n']);
    }
    file
}

fn assert_reads(head: &str, table: &str) {
    let expected: Vec<String> = table.chars().map(|c| format!("x{c}x")).collect();
    let read: Vec<String> = tags(every_byte(head)).into_iter().map(|(_, tag)| tag).collect();
    assert_eq!(read, expected);
}

#[test]
fn a_file_is_in_1250_unless_it_says_otherwise() {
    assert_reads("", CP1250);
    assert_reads("[INFO]\n", CP1250);
    assert_reads(&info(""), CP1250);
    assert_reads(&info("1250"), CP1250);
    assert_reads(&info(" \"1250\" "), CP1250);
}

#[test]
fn a_file_may_be_in_852() {
    assert_reads(&info("852"), CP852);
}

#[test]
fn a_code_page_that_is_not_known_is_named() {
    let error = read(info("1252")).error.unwrap();
    assert_eq!(error, ReadError::CodePage("1252".to_owned()).to_string());
}

#[test]
fn a_byte_order_mark_is_believed() {
    let file = format!("\u{feff}{}{}", info("1252"), section("CECHYTOWAROW", "\"ą\",\"źdźbło\""));
    assert_eq!(tags(&file), [("ą".to_owned(), "źdźbło".to_owned())]);
    let file = format!("\u{feff}{}", section("CECHYTOWAROW", "\"ą\",\"źdźbło\""));
    assert_eq!(tags(&file), [("ą".to_owned(), "źdźbło".to_owned())]);
    let mut file = file.into_bytes();
    file.splice(file.len() - 7..file.len() - 5, [0xff]);
    assert!(tags(&file)[0].1.contains('\u{fffd}'));
}

#[test]
fn utf_16_is_refused() {
    let file = format!("{}{}", info("1250"), section("CECHYTOWAROW", "\"ą\",\"źdźbło\""));
    for mark in ["", "\u{feff}"] {
        let text = format!("{mark}{file}");
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            assert_eq!(read(bytes).error, Some(ReadError::Utf16.to_string()));
        }
    }
}
