//! What the user must tell, and what is said of it before anything is sent.

use connector::{Common, Connector as _, Given, InvalidSetting, Need};
use idosell::IdoSell;
use idosell::settings::Settings;

fn read(told: &[(&'static str, &str)]) -> Result<Settings, InvalidSetting> {
    let mut given = Given::default();
    for (variable, value) in told {
        given.insert(variable, value);
    }
    Settings::read(&given, &Common::default())
}

const ACCOUNT: [(&str, &str); 3] = [
    ("IDOSELL_BASE_URL", "https://brzoza.example"),
    ("IDOSELL_LOGIN", "allegro"),
    ("IDOSELL_PASSWORD", "FAKE-PASSWORD"),
];

#[test]
fn an_account_or_a_feed_is_enough_and_each_part_of_an_account_is_needed() {
    assert!(read(&ACCOUNT).is_ok());
    assert!(read(&[("IDOSELL_FEED", "full.xml")]).is_ok());
    for missing in ACCOUNT {
        let told: Vec<_> = ACCOUNT.into_iter().filter(|told| *told != missing).collect();
        assert_eq!(read(&told).unwrap_err().variable, missing.0);
    }
    assert_eq!(read(&[]).unwrap_err().variable, "IDOSELL_BASE_URL");
}

#[test]
fn what_is_asked_for_is_an_account_unless_a_feed_is_told() {
    let asked: Vec<(&str, Need)> =
        IdoSell.settings().iter().map(|setting| (setting.variable, setting.need)).collect();
    let unless = Need::Unless("IDOSELL_FEED");
    assert_eq!(
        asked,
        [
            ("IDOSELL_BASE_URL", unless),
            ("IDOSELL_LOGIN", unless),
            ("IDOSELL_PASSWORD", unless),
            ("IDOSELL_FEED", Need::Optional),
            ("IDOSELL_LANGUAGE", Need::Optional),
        ]
    );
}

#[test]
fn an_address_is_read_as_people_have_it() {
    for told in [
        "https://brzoza.example/",
        "https://brzoza.example/marketplace-api/?gate=Products/getProductsFeed/5/json",
        " https://brzoza.example/marketplace-api ",
    ] {
        let mut account = ACCOUNT;
        account[0].1 = told;
        assert_eq!(
            format!("{:?}", read(&account).unwrap()),
            format!("{:?}", read(&ACCOUNT).unwrap()),
            "{told}"
        );
    }
}

#[test]
fn a_wrong_value_is_told_before_anything_is_sent_and_no_secret_is_repeated() {
    for (variable, value, says) in [
        ("IDOSELL_BASE_URL", "brzoza.example", "no scheme"),
        ("IDOSELL_FEED", "<offer>FAKE</offer>", "tell its address or its path"),
        ("IDOSELL_FEED", "FAKE\nFAKE", "tell its address or its path"),
        ("IDOSELL_FEED", "ftp://FAKE.example/full.xml", "only https://"),
        ("IDOSELL_FEED", "brzoza.example/edi/export.php?token=FAKE", "without a scheme"),
        ("IDOSELL_FEED", "brzoza.example/FAKE/full.xml", "without a scheme"),
        ("IDOSELL_FEED", "brzoza:8080/FAKE", "without a scheme"),
        ("IDOSELL_FEED", "https//brzoza/FAKE", "without a scheme"),
        ("IDOSELL_FEED", "file://FAKE/x", "no file of this machine"),
        ("IDOSELL_LANGUAGE", "pl", "three letters"),
        ("IDOSELL_LANGUAGE", "polish", "three letters"),
    ] {
        let setting = IdoSell.settings().iter().find(|setting| setting.variable == variable).unwrap();
        let checked = (setting.check)(value);
        let said = checked.unwrap_err();
        assert!(said.contains(says) && !said.contains("FAKE"), "{variable} {value}: {said}");
        let mut told = ACCOUNT.to_vec();
        told.retain(|(known, _)| *known != variable);
        told.push((variable, value));
        let error = read(&told).unwrap_err();
        assert_eq!((error.variable, error.what), (variable, said));
    }
}

#[test]
fn a_path_may_be_written_in_any_way_that_is_no_address() {
    for path in [
        "full.xml",
        "./feeds.d/full.xml",
        "../full.xml",
        "/srv/feeds.d/full.xml",
        "feeds/full.xml",
        "C:/full.xml",
    ] {
        assert!(read(&[("IDOSELL_FEED", path)]).is_ok(), "{path}");
    }
}

#[test]
fn nothing_that_is_shown_of_the_settings_holds_a_secret() {
    let mut told = ACCOUNT.to_vec();
    let shown = format!("{:?}", read(&told).unwrap());
    assert!(!shown.contains("FAKE"), "{shown}");
    told.push(("IDOSELL_FEED", "https://brzoza.example/edi/export.php?token=FAKE-TOKEN"));
    let shown = format!("{:?}", read(&told).unwrap());
    assert!(!shown.contains("FAKE"), "{shown}");
}
