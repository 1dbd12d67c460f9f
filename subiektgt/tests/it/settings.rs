//! What the user must tell.

use connector::{Common, Connector as _, Given, Need};
use subiektgt::SubiektGt;
use subiektgt::address::{Address, Place};
use subiektgt::settings::{Encryption, Files, PriceLevel, Road, Settings, Sql};

type Told = (&'static str, &'static str);

const EPP: Told = ("SUBIEKTGT_EPP", "/dane/eksport");
const SQL: Told = ("SUBIEKTGT_SQL", r"serwer\INSERTGT/Firma");
const USER: Told = ("SUBIEKTGT_SQL_USER", "czytelnik");
const PASSWORD: Told = ("SUBIEKTGT_SQL_PASSWORD", "FAKE-SQL-PASSWORD");

fn read(told: &[Told]) -> Result<Road, String> {
    let mut given = Given::default();
    for (variable, value) in told {
        given.insert(variable, value);
    }
    let settings = Settings::read(&given, &Common::default());
    settings.map(|settings| settings.road).map_err(|error| error.to_string())
}

fn files(told: &[Told]) -> Result<Files, String> {
    match read(told)? {
        Road::Files(files) => Ok(files),
        Road::Sql(sql) => panic!("a database: {sql:?}"),
    }
}

/// A database with this beside what must be told.
fn sql(told: &[Told]) -> Result<Sql, String> {
    match read(&[&[SQL, USER, PASSWORD], told].concat())? {
        Road::Sql(sql) => Ok(sql),
        Road::Files(files) => panic!("files: {files:?}"),
    }
}

#[test]
fn one_of_two_ways_must_be_told() {
    for (told, missing) in [
        (&[][..], "SUBIEKTGT_SQL:"),
        (&[SQL], "SUBIEKTGT_SQL_PASSWORD:"),
        (&[SQL, PASSWORD], "SUBIEKTGT_SQL_USER:"),
    ] {
        let error = read(told).unwrap_err();
        assert!(error.starts_with(missing) && error.contains("missing"), "{error}");
    }
    let both = read(&[SQL, USER, PASSWORD, EPP]).unwrap_err();
    assert!(both.contains("SUBIEKTGT_SQL is told too"), "{both}");
    assert_eq!(files(&[EPP]).unwrap().path.to_str(), Some("/dane/eksport"));
    let asked = SubiektGt.settings().iter().filter(|setting| setting.need == Need::Unless("SUBIEKTGT_EPP"));
    let asked: Vec<_> = asked.map(|setting| setting.variable).collect();
    assert_eq!(asked, [SQL.0, USER.0, PASSWORD.0], "what is asked for, in this order");
}

#[test]
fn an_address_is_a_host_and_a_database() {
    let address = |text: &str| Address::parse(text);
    let read =
        |text: &str| address(text).map(|address| (address.host, address.place, address.database)).unwrap();
    let port = |host: &str, port, database: &str| (host.to_owned(), Place::Port(port), database.to_owned());
    assert_eq!(read("serwer/Firma"), port("serwer", 1433, "Firma"));
    assert_eq!(read(" 10.0.0.5:1533/Firma Sp. z o.o. "), port("10.0.0.5", 1533, "Firma Sp. z o.o."));
    assert_eq!(read("serwer,1533/Firma"), port("serwer", 1533, "Firma"));
    assert_eq!(read("[fe80::1]/Firma"), port("fe80::1", 1433, "Firma"));
    assert_eq!(read("[::1]:1533/Firma"), port("::1", 1533, "Firma"));
    let instance = (String::from("serwer"), Place::Instance("INSERTGT".to_owned()), String::from("Firma"));
    assert_eq!(read(r"serwer\INSERTGT/Firma"), instance);
    for wrong in [
        "",
        "serwer",
        "serwer/",
        "/Firma",
        "serwer:/Firma",
        "serwer:0/Firma",
        "serwer:port/Firma",
        r"serwer\/Firma",
        r"serwer\A B/Firma",
        r"serwer\INSERTGT:1433/Firma",
        r".\INSERTGT/Firma",
        "fe80::1/Firma",
        "[fe80::1/Firma",
        "[serwer]/Firma",
        "[::1]x/Firma",
        "sql://serwer/Firma",
        "sa:FAKE@serwer/Firma",
        "a\nb/Firma",
    ] {
        let error = address(wrong).expect_err(wrong);
        assert!(!error.contains("FAKE"), "{error}");
    }
    for text in [r"serwer\INSERTGT/Firma", "[::1]:1533/Firma", "serwer:1433/Firma"] {
        assert_eq!(address(text).unwrap().to_string(), text);
    }
}

#[test]
fn encryption_is_verified_unless_somebody_says_otherwise() {
    let encryption = |told: &[Told]| sql(told).map(|sql| sql.encryption);
    assert_eq!(encryption(&[]), Ok(Encryption::Verify(None)));
    let ca = ("SUBIEKTGT_SQL_CA", "/etc/firma.pem");
    assert_eq!(encryption(&[ca]), Ok(Encryption::Verify(Some("/etc/firma.pem".into()))));
    assert_eq!(encryption(&[("SUBIEKTGT_SQL_ENCRYPT", "Trust")]), Ok(Encryption::Trust));
    assert_eq!(encryption(&[("SUBIEKTGT_SQL_ENCRYPT", "off")]), Ok(Encryption::Off));
    assert!(encryption(&[("SUBIEKTGT_SQL_ENCRYPT", "no")]).unwrap_err().contains("verify, trust and off"));
    assert!(encryption(&[("SUBIEKTGT_SQL_ENCRYPT", "off"), ca]).unwrap_err().contains("SUBIEKTGT_SQL_CA"));
}

#[test]
fn a_price_level_is_a_number_or_a_label() {
    let of_files =
        |told: &'static str| files(&[EPP, ("SUBIEKTGT_PRICE_LEVEL", told)]).map(|files| files.price_level);
    let of_sql = |told: &'static str| sql(&[("SUBIEKTGT_PRICE_LEVEL", told)]).map(|sql| sql.price_level);
    for (told, label) in [("1", "Detaliczna"), ("2", "Hurtowa"), ("3", "Specjalna"), ("Cena VIP", "Cena VIP")]
    {
        assert_eq!(of_files(told).as_deref(), Ok(label));
    }
    assert!(of_files("7").unwrap_err().contains("label"));
    assert_eq!(files(&[EPP]).unwrap().price_level, "Detaliczna");
    assert_eq!(sql(&[]).unwrap().price_level, PriceLevel::Number(1));
    assert_eq!(of_sql("10"), Ok(PriceLevel::Number(10)));
    assert_eq!(of_sql("Hurtowa"), Ok(PriceLevel::Label("Hurtowa".to_owned())));
    for wrong in ["0", "00"] {
        assert!(of_sql(wrong).unwrap_err().contains("purchase price"));
        assert!(of_files(wrong).unwrap_err().contains("purchase price"));
    }
    assert!(of_sql("11").unwrap_err().contains("1 to 10"));
}

#[test]
fn what_files_do_not_tell_cannot_be_chosen() {
    let out = ("SUBIEKTGT_EPP_OUT", "/dane/dokumenty");
    assert_eq!(sql(&[out]).unwrap().epp_out, Some(out.1.into()));
    assert_eq!(sql(&[]).unwrap().epp_out, None);
    assert!(read(&[EPP, out]).unwrap_err().starts_with("SUBIEKTGT_EPP_OUT: files tell no levels"));
    for told in [("SUBIEKTGT_WAREHOUSES", "MAG"), ("SUBIEKTGT_ONLY_WEB_SHOP", "1"), USER, PASSWORD] {
        let error = read(&[EPP, told]).unwrap_err();
        assert!(error.starts_with(told.0) && error.contains("files"), "{error}");
    }
    assert!(read(&[EPP, ("SUBIEKTGT_ONLY_WEB_SHOP", "0")]).is_ok());
    assert_eq!(sql(&[("SUBIEKTGT_WAREHOUSES", " MAG, SKL ")]).unwrap().warehouses, ["MAG", "SKL"]);
    assert!(sql(&[("SUBIEKTGT_WAREHOUSES", "MAG,mag")]).unwrap_err().contains("twice"));
    assert!(sql(&[("SUBIEKTGT_WAREHOUSES", "MAG,,SKL")]).is_err());
    assert!(sql(&[("SUBIEKTGT_ONLY_WEB_SHOP", "yes")]).unwrap().only_web_shop);
    assert!(sql(&[("SUBIEKTGT_ONLY_WEB_SHOP", "maybe")]).is_err());
}

#[test]
fn a_password_is_not_shown() {
    let shown = format!("{:?}", read(&[SQL, USER, PASSWORD]).unwrap());
    assert!(!shown.contains(PASSWORD.1), "{shown}");
    let wrong = read(&[SQL, USER, ("SUBIEKTGT_SQL_PASSWORD", "FAKE\nPASSWORD")]).unwrap_err();
    assert!(wrong.starts_with("SUBIEKTGT_SQL_PASSWORD") && !wrong.contains("FAKE"), "{wrong}");
}
