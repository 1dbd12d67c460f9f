//! What is wrong with a file, or with one product of it.

use idosell::wire::{Entry, Fault, MAX_PRODUCT_BYTES, ReadError};

use crate::wire::{entries, fixture, offer_of};

/// The ids of what an offer holds, with what is wrong.
fn told(text: &str) -> Vec<String> {
    let (entries, end) = entries(text.as_bytes());
    let mut told: Vec<String> = entries
        .into_iter()
        .map(|entry| match entry {
            Entry::Product(product) => product.id,
            Entry::Broken(broken) => format!("{:?}: {}", broken.id, broken.fault),
        })
        .collect();
    told.extend(end.err().map(|error| format!("error: {error}")));
    told
}

#[test]
fn one_broken_product_is_one_broken_product() {
    let mut shown = Vec::new();
    for broken in [
        r#"<product id="2"><description><name>&unknown;</name></description></product>"#,
        r#"<product id="2" vat="&unknown;"/>"#,
        r#"<product id="2"><description><name>salt & pepper</name></description></product>"#,
        r#"<product id="2"><description><name>&#0;</name></description></product>"#,
        r#"<product id="2"><description><name>2 < 3 "inches</name></description></product>"#,
        r#"<product id="2"><sizes><size id="1"></sizes></product>"#,
        r#"<product id="2"><sizes><size id="1"></product>"#,
        r#"<product id="2"></sizes></product>"#,
        r#"<product id="2"><card url="https://a.example/></product>"#,
        r#"<product id="2"><card url=plain/></product>"#,
        r#"<product id="2"><card url="1" url="2"/></product>"#,
        r#"<product id="2"><card <price gross="1"/></product>"#,
        r#"<product id="2"><price gross="1"/>"#,
        r#"<product vat="23"/>"#,
        r#"<product id="  "/>"#,
        r#"<product id="2" id="3"/>"#,
    ] {
        let told = told(&offer_of(&format!("<product id=\"1\"/>{broken}<product id=\"3\"/>")));
        assert_eq!(told.len(), 3, "{broken}: {told:?}");
        assert_eq!((told[0].as_str(), told[2].as_str()), ("1", "3"), "{broken}");
        shown.push(format!("{broken}\n    {}", told[1]));
    }
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn a_last_product_without_an_end_is_told() {
    assert_eq!(
        told(&offer_of("<product id=\"1\"/><product id=\"2\"><card/>")),
        ["1", "Some(\"2\"): it does not end"]
    );
}

#[test]
fn what_stands_where_a_product_should_may_have_been_one() {
    assert_eq!(
        told(&offer_of("<product id=\"1\"/>and<br/><iaiext:x><y/></iaiext:x><product id=\"2\"/>")),
        [
            "1",
            "None: something else stands where a product should",
            "None: something else stands where a product should",
            "2"
        ]
    );
}

#[test]
fn bytes_that_are_no_utf_8_break_their_product_only() {
    let mut text = offer_of("<product id=\"1\" vat=\"?\"/><product id=\"2\"/>").into_bytes();
    let place = text.iter().position(|byte| *byte == b'?').unwrap();
    text[place] = 0xFF;
    let (read, end) = entries(&text);
    end.unwrap();
    let [Entry::Broken(broken), Entry::Product(_)] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!((broken.id.as_deref(), &broken.fault), (Some("1"), &Fault::NotUtf8));
}

#[test]
fn a_product_that_is_too_large_breaks_itself_only() {
    let text = "x".repeat(MAX_PRODUCT_BYTES);
    let name = |name: &str| format!("<description><name>{name}</name></description>");
    for large in [
        format!("<product id=\"1\">{}</product>", name(&text)),
        format!("<product id=\"1\"><!--{text}--></product>"),
        format!("<product id=\"1\"><card url=\"{text}\"/></product>"),
        format!("<product id=\"1\" vat=\"{text}\"/>"),
    ] {
        assert_eq!(
            told(&offer_of(&format!("{large}<product id=\"2\"/>"))),
            ["Some(\"1\"): it takes more than 16 MiB", "2"]
        );
    }
    let megabyte = name(&"ż".repeat(1 << 20));
    assert_eq!(told(&offer_of(&format!("<product id=\"1\">{megabyte}</product>"))), ["1"]);
    let many = "<stock/>".repeat(110_000);
    assert_eq!(
        told(&offer_of(&format!("<product id=\"1\">{many}</product><product id=\"2\"/>"))),
        ["Some(\"1\"): it has more than 100000 elements", "2"]
    );
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    assert_eq!(
        told(&offer_of(&format!("<product id=\"1\">{deep}</product><product id=\"2\"/>"))),
        ["Some(\"1\"): its elements stand in each other more than 64 deep", "2"]
    );
}

#[test]
fn a_file_that_is_cut_anywhere_is_an_error() {
    for name in ["offer", "gateway", "marketplace"] {
        let text = fixture(name);
        let whole = text.trim_end().len();
        for end in 0..whole {
            let error = match idosell::wire::open(&text.as_bytes()[..end]) {
                Err(error) => error,
                Ok(idosell::wire::Document::Gateway(gateway)) => panic!("{name} to {end}: {gateway:?}"),
                Ok(idosell::wire::Document::Offer(_)) => {
                    entries(&text.as_bytes()[..end]).1.expect_err(&format!("{name} to {end}"))
                }
            };
            assert!(matches!(error, ReadError::Torn { .. }), "{name} to {end}: {error}");
        }
    }
}

#[test]
fn what_cannot_be_gone_on_with_is_an_error_and_never_a_shorter_catalogue() {
    let mut shown = Vec::new();
    for text in [
        "<offer/>".to_owned(),
        "<offer><meta/></offer>".to_owned(),
        "<offer><product id=\"1\"/></offer>".to_owned(),
        "<offer><products></offer>".to_owned(),
        "<offer><products language=\"pol></products></offer>".to_owned(),
        offer_of("<product id=\"1\"/></product><product id=\"2\"/>"),
        offer_of("<product id=\"1\"><sizes><product id=\"2\"></product>"),
        offer_of(
            "<product id=\"1\"><name><![CDATA[a</name></product><product id=\"2\"><name><![CDATA[b]]></name></product>",
        ),
        offer_of("<product id=\"1\"><!-- a </product><product id=\"2\"><!-- b --></product>"),
        offer_of("<old><product id=\"1\"/></old>"),
        offer_of("<old>"),
        offer_of("< product id=\"1\"/>"),
        format!("{}<offer/>", offer_of("")),
        format!("{} and more", offer_of("")),
        "<offer><products/><products><product id=\"1\"/></products></offer>".to_owned(),
    ] {
        let told = told(&text);
        assert!(told.last().unwrap().starts_with("error: "), "{text}: {told:?}");
        shown.push(format!("{text}\n    {}", told.join("\n    ")));
    }
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn no_product_is_lost_silently_whichever_byte_is_wrong() {
    let text = format!(
        "<?xml version=\"1.0\"?><!-- x -->{}",
        offer_of(
            "<product id=\"1\" vat='23'><description><name><![CDATA[a]]></name></description><!-- y --></product>\
             <x:info a=\"b\"><c/></x:info><product id=\"2\"/><product id=\"3\"><sizes><size id=\"4\"/></sizes></product>"
        )
    );
    for place in 0..text.len() {
        for byte in *b"<>\"'/!?-[]x= \xff" {
            let mut wrong = text.clone().into_bytes();
            wrong[place] = byte;
            let (read, end) = entries(&wrong);
            assert!(end.is_err() || read.len() >= 3, "{}: {read:?}", String::from_utf8_lossy(&wrong));
            wrong.remove(place);
            let (read, end) = entries(&wrong);
            assert!(end.is_err() || read.len() >= 3, "{}: {read:?}", String::from_utf8_lossy(&wrong));
        }
    }
}

#[test]
fn what_is_no_file_of_iof_is_told() {
    for (text, kind) in [
        ("<!DOCTYPE html>\n<html><body>Spróbuj później</body></html>", "Html"),
        ("<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"><p>", "Html"),
        ("\n<html lang=\"pl\"><br></html>", "Html"),
        ("<HTML>", "Html"),
        ("{\"errors\":{}}", "NotXml"),
        ("Logowanie nie powiodło się", "NotXml"),
        ("</offer>", "NotXml"),
        ("", "Torn"),
        ("\u{feff}", "Torn"),
        ("<categories><category id=\"1\"/></categories>", "Root"),
        ("<?xml version=\"1.0\" encoding=\"ISO-8859-2\"?><offer/>", "Encoding"),
        ("<\u{0}o\u{0}f\u{0}", "Encoding"),
        ("<!DOCTYPE offer [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><offer/>", "DocType"),
        ("<!DOCTYPE offer SYSTEM \"file:///etc/passwd\"><offer/>", "DocType"),
    ] {
        let error = entries(text.as_bytes()).1.expect_err(text);
        assert!(format!("{error:?}").starts_with(kind), "{text}: {error:?}");
    }
    for utf_16 in [&b"\xff\xfe<\0o\0"[..], b"\xfe\xff\0<\0o"] {
        assert!(matches!(entries(utf_16).1, Err(ReadError::Encoding(_))));
    }
}

#[test]
fn what_cannot_be_fetched_is_an_error() {
    struct Cut(&'static [u8]);
    impl std::io::Read for Cut {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            match std::io::Read::read(&mut self.0, into)? {
                0 => Err(std::io::ErrorKind::ConnectionReset.into()),
                length => Ok(length),
            }
        }
    }
    let opened = idosell::wire::open(std::io::BufReader::new(Cut(b"<offer><products><product id=\"1\"/>")));
    let Ok(idosell::wire::Document::Offer(mut offer)) = opened else { panic!("no offer") };
    assert!(matches!(offer.next_entry(), Ok(Some(Entry::Product(_)))));
    assert!(matches!(offer.next_entry(), Err(ReadError::Io(_))));
    assert!(matches!(offer.next_entry(), Err(ReadError::Ended)), "an error was forgotten");
}
