//! Quotes that are not closed, lines that are too long, files that are cut.

use subiektgt::wire::{Entry, Fault, MAX_LINES, MAX_RECORD_BYTES};

use super::{entries, faults, section, tags};

fn tag(symbol: &str, name: &str) -> (String, String) {
    (symbol.to_owned(), name.to_owned())
}

fn broken(symbol: &str, line: u64, what: Fault) -> (u64, Option<String>, Fault) {
    (line, Some(symbol.to_owned()), what)
}

#[test]
fn a_quote_closes_a_text_where_a_field_ends() {
    for (record, name) in [
        (r#""A","tag""#, "tag"),
        (r#" "A" , "tag"  "#, "tag"),
        (r#""A","3/4" nypel""#, r#"3/4" nypel"#),
        (r#""A","3/4"""#, r#"3/4""#),
        (r#""A","3/4"",1"#, r#"3/4""#),
        (r#""A",""Las" zielony""#, r#""Las" zielony"#),
        (r#""A","a ""b"" c""#, r#"a "b" c"#),
        (r#""A","32", czarny, "smukły"""#, r#"32", czarny, "smukły""#),
        (r#""A","a"","b""#, r#"a""#),
        (r#"A,tag"#, "tag"),
        (r#"A,3" nypel"#, r#"3" nypel"#),
        (r#""A","a ""b" c""#, r#"a "b" c"#),
    ] {
        let (record, name) = (record.replace('ł', "l"), name.replace('ł', "l"));
        let file = section("CECHYTOWAROW", &format!("{record}\r\n\"B\",\"b\""));
        // Three fields of two: nobody knows which is which.
        if record.ends_with(",1") || record.ends_with(",\"b\"") {
            assert_eq!(faults(&file), [broken("A", 5, Fault::Quotes)], "{record}");
        } else {
            assert_eq!(tags(&file), [tag("A", &name), tag("B", "b")], "{record}");
        }
    }
}

#[test]
fn a_text_goes_on_in_the_next_lines() {
    for end in ["\n", "\r\n", "\r"] {
        let file = section("CECHYTOWAROW", &format!("\"A\",\"a{end}{end}b, \"\"c\"\"{end}\"\r\n\"B\",\"b\""));
        assert_eq!(tags(file), [tag("A", "a\n\nb, \"c\""), tag("B", "b")]);
    }
}

#[test]
fn a_text_that_never_ends_costs_its_line() {
    let file = section("CECHYTOWAROW", "\"A\",\"a\r\n\"B\",\"b\"\r\n\"C\",\"c\"");
    assert_eq!(faults(&file), [broken("A", 5, Fault::Unclosed)]);
    assert_eq!(entries(&file).len(), 3);
    let file = section("CECHYTOWAROW", "\"A\",\"a") + &section("CECHYTOWAROW", "\"B\",\"b\"");
    assert_eq!(faults(&file), [broken("A", 5, Fault::Unclosed)]);
    assert_eq!(entries(&file).len(), 2);
}

#[test]
fn a_record_has_at_most_so_many_lines() {
    let record = |lines: usize| format!("\"A\",\"a{}\"\r\n\"B\",\"b\"", "\r\nx".repeat(lines - 1));
    assert_eq!(tags(section("CECHYTOWAROW", &record(MAX_LINES))).len(), 2);
    let file = section("CECHYTOWAROW", &record(MAX_LINES + 1));
    assert_eq!(faults(&file)[0], broken("A", 5, Fault::Unclosed));
    assert!(matches!(entries(&file).last(), Some(Entry::Tag(tag)) if tag.symbol.as_deref() == Some("B")));
}

#[test]
fn a_record_has_at_most_so_many_bytes() {
    let line = "x".repeat(MAX_RECORD_BYTES);
    let file = section("CECHYTOWAROW", &format!("\"A\",\"{line}\"\r\n\"B\",\"b\""));
    assert_eq!(faults(&file), [broken("A", 5, Fault::TooLong)]);
    assert_eq!(entries(&file).len(), 2);
    let fitting = &line[.."x".len() * MAX_RECORD_BYTES - "\"A\",\"\"".len()];
    assert_eq!(tags(section("CECHYTOWAROW", &format!("\"A\",\"{fitting}\"")))[0].1.len(), fitting.len());
    let file = section("CECHYTOWAROW", &format!("\"A\",\"a\r\n{line}\"\r\n\"B\",\"b\""));
    assert_eq!(faults(&file)[..2], [broken("A", 5, Fault::Unclosed), (6, None, Fault::TooLong)][..]);
    assert_eq!(entries(&file).len(), 3);
    let file = format!("{line}{line}\r\n{}", section("CECHYTOWAROW", "\"B\",\"b\""));
    assert_eq!(tags(file), [tag("B", "b")]);
}

#[test]
fn a_file_that_is_cut_is_told_wherever_it_is_cut_in_a_record() {
    let whole = section("CENNIK", "\"A\",\"Detal\",1.00,1.23,1,2,3.00\r\n\"B\",\"Detal\",1.00,1.23,1,2,3.00");
    let whole = whole.trim_end();
    let begin = whole.rfind("\"B\"").unwrap();
    for cut in begin + 1..whole.rfind("3.00").unwrap() {
        let faults = faults(&whole[..cut]);
        assert_eq!(faults.len(), 1, "{}", &whole[..cut]);
        assert_eq!((faults[0].0, faults[0].2), (6, Fault::Torn), "{}", &whole[..cut]);
        let symbol = faults[0].1.as_deref();
        assert_eq!(symbol, (cut > begin + "\"B\"".len()).then_some("B"), "{}", &whole[..cut]);
    }
    assert_eq!(faults(whole), []);
    // A writer that leaves out the last fields of all records, and the last line end.
    assert_eq!(faults(section("CENNIK", "\"A\",\"D\",1,2\r\n\"B\",\"D\",1,2").trim_end()), []);
}

#[test]
fn a_record_that_does_not_reach_its_name_is_none() {
    let file = section("TOWARY", "1\r\n1,\"A\"\r\n1,\"B\",,\r\n1,\"C\",,,\r\n1,\"D\",,,\"d\"");
    assert_eq!(
        faults(&file),
        [
            (5, None, Fault::TooFewFields(1)),
            broken("A", 6, Fault::TooFewFields(2)),
            broken("B", 7, Fault::TooFewFields(4)),
        ]
    );
    assert_eq!(entries(&file).len(), 5);
}

#[test]
fn the_end_of_a_text_without_a_beginning_is_no_good() {
    let text = "\r\nx".repeat(MAX_LINES);
    let file = section(
        "TOWARY",
        &format!("1,\"A\",,,\"a\",\"{text}\r\nend\",\"fiscal\",,,\"szt.\"\r\n1,\"B\",,,\"b\""),
    );
    let faults = faults(&file);
    assert_eq!(faults.first(), Some(&broken("A", 5, Fault::Unclosed)));
    assert_eq!(faults.last(), Some(&(106, None, Fault::Quotes)));
    assert_eq!(entries(&file).len(), faults.len() + 1);
}
