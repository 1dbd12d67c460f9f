//! What stands where, and what is passed over.

use subiektgt::wire::ReadError;

use super::{read, section, tags};

const TAG: &str = "\"A\",\"tag\"";

fn tag(symbol: &str) -> (String, String) {
    (symbol.to_owned(), "tag".to_owned())
}

#[test]
fn what_has_no_section_is_no_file() {
    for bytes in [
        &b""[..],
        b"\r\n\r\n",
        b"<!DOCTYPE html>\n<html><body>[INFO] 503</body></html>",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"symbol;nazwa\nA;B\n",
        b"[]\n[TOWARY]\n",
    ] {
        assert_eq!(read(bytes).error, Some(ReadError::NotEpp.to_string()));
        assert_eq!(read(bytes).entries, []);
    }
}

#[test]
fn a_file_with_nothing_but_a_label_is_one() {
    for bytes in ["[INFO]", "[NAGLOWEK]", "[ZAWARTOSC]", " [info]\t\r\n\r\n"] {
        assert_eq!(tags(bytes), []);
    }
}

#[test]
fn labels_and_keywords_are_known_in_any_case_and_with_white_space() {
    for keyword in ["\"CECHYTOWAROW\"", "cechytowarow", " \"CechyTowarow \" ", "CECHYTOWAROW,"] {
        let file = format!("\n \t[naglowek] \n\n{keyword}\n[ZawartosC]\t\n{TAG}\n");
        assert_eq!(tags(file), [tag("A")], "{keyword}");
    }
}

#[test]
fn what_is_in_no_known_section_is_passed_over() {
    let known = section("CECHYTOWAROW", TAG);
    for other in [
        "[ZAWARTOSC]\n\"X\",\"before any header\"\n".to_owned(),
        "[NAGLOWEK]\n\"CECHYTOWAROW\"\n\"X\",\"without a label\"\n".to_owned(),
        "[NAGLOWEK]\n[ZAWARTOSC]\n\"X\",\"without a keyword\"\n".to_owned(),
        "[NAGLOWEK]\n\"CECHYTOWAROW\"\n[NAGLOWEK]\n[ZAWARTOSC]\n\"X\",\"the keyword of another\"\n"
            .to_owned(),
        "[NAGLOWEK]\n\"CECHYTOWAROW\"\n[INFO]\n[ZAWARTOSC]\n\"X\",\"the keyword of another\"\n".to_owned(),
        "[NAGLOWEK]\n\"CECHYTOWAROW\"\n[ZAWARTOSC]\n[ZAWARTOSC]\n\"X\",\"a second content\"\n".to_owned(),
        section("KONTRAHENCI", "\"X\",\"an open text\r\n\"Y\""),
        section("", "\"X\""),
        format!("[NAGLOWEK]\r\n{}\r\n[ZAWARTOSC]\r\n1,1,\"X\"\r\n", "\"FS\",1,0,7,\"CECHYTOWAROW\""),
    ] {
        assert_eq!(tags(format!("{other}{known}")), [tag("A")], "{other}");
        assert_eq!(tags(format!("{known}{other}")), [tag("A")], "{other}");
    }
}

#[test]
fn what_stands_before_any_label_is_passed_over() {
    let known = section("CECHYTOWAROW", TAG);
    assert_eq!(tags(format!("\"X\",\"tag\"\nEksport \"z programu\n{known}")), [tag("A")]);
}

#[test]
fn a_section_may_come_twice() {
    let file = section("CECHYTOWAROW", TAG).repeat(2);
    assert_eq!(tags(file), [tag("A"), tag("A")]);
}

#[test]
fn what_a_file_says_of_itself_may_be_broken_and_the_goods_are_read() {
    for info in ["[INFO]\n\"1.05\",3,852,\"Subi\n", "[INFO]\n\"1.05\",3,852,a \" b,\"Subiekt\"\nmore\n"] {
        let mut file = format!("{info}[NAGLOWEK]\nCECHYTOWAROW\n[ZAWARTOSC]\n").into_bytes();
        file.extend(b"\"A\",\"t\xa5g\"\n");
        let read = read(&file);
        assert_eq!(read.info.unwrap().version.as_deref(), Some("1.05"));
        assert_eq!(tags(&file), [("A".to_owned(), "tąg".to_owned())]);
    }
}

#[test]
fn control_characters_mean_nothing() {
    let file = format!("\0{}\x1a", section("CECHYTOWAROW", "\0\"A\",\"t\0a\x1ag\"\0"));
    assert_eq!(tags(file), [tag("A")]);
    // A torn record, were it not for the mark.
    let read = read(b"[NAGLOWEK]\nCENNIK\n[ZAWARTOSC]\n\"A\",\"B\",1.00\x1a\x1a\0");
    assert!(matches!(read.entries[..], [subiektgt::wire::Entry::Price(_)]), "{read:?}");
}
