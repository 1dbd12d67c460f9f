//! What the user must tell of a bridge.

use connector::{Common, Connector as _, Given, Need};
use subiektgt::SubiektGt;
use subiektgt::settings::{Road, Settings};

type Told = (&'static str, &'static str);

const SQL: [Told; 3] = [
    ("SUBIEKTGT_SQL", "serwer/Firma"),
    ("SUBIEKTGT_SQL_USER", "czytelnik"),
    ("SUBIEKTGT_SQL_PASSWORD", "FAKE-SQL-PASSWORD"),
];
const EPP: Told = ("SUBIEKTGT_EPP", "/dane/eksport");
const URL: Told = ("SUBIEKTGT_BRIDGE_URL", "http://serwer:5055/");
const TOKEN: Told = ("SUBIEKTGT_BRIDGE_TOKEN", "FAKE-BRIDGE-TOKEN");

fn read(told: &[Told]) -> Result<Road, String> {
    let mut given = Given::default();
    for (variable, value) in told {
        given.insert(variable, value);
    }
    let settings = Settings::read(&given, &Common::default());
    settings.map(|settings| settings.road).map_err(|error| error.to_string())
}

fn url_of(road: &Road) -> Option<String> {
    let access = match road {
        Road::Files(files) => &files.bridge,
        Road::Sql(sql) => &sql.bridge,
    };
    access.as_ref().map(|access| access.url.to_string())
}

#[test]
fn a_bridge_has_an_address_and_a_token_on_either_road() {
    for road in [&SQL[..], &[EPP]] {
        let told = |more: &[Told]| read(&[road, more].concat());
        assert_eq!(url_of(&told(&[]).unwrap()), None);
        assert_eq!(url_of(&told(&[URL, TOKEN]).unwrap()).as_deref(), Some("http://serwer:5055/"));
        assert!(told(&[URL]).unwrap_err().starts_with("SUBIEKTGT_BRIDGE_TOKEN: it is missing"));
        assert!(told(&[TOKEN]).unwrap_err().starts_with("SUBIEKTGT_BRIDGE_URL: it is missing"));
        for (wrong, what) in [
            ("serwer:5055", "scheme"),
            ("ftp://serwer", "web"),
            ("http://user:FAKE@serwer", "user or a password"),
        ] {
            let error = told(&[(URL.0, wrong), TOKEN]).unwrap_err();
            assert!(error.contains(what) && !error.contains("FAKE"), "{error}");
        }
        let error = told(&[URL, (TOKEN.0, "FAKE TOKEN")]).unwrap_err();
        assert!(error.starts_with(TOKEN.0) && !error.contains("FAKE"), "{error}");
        let shown = format!("{:?}", told(&[URL, TOKEN]).unwrap());
        assert!(!shown.contains(TOKEN.1), "{shown}");
    }
}

#[test]
fn beside_files_a_bridge_knows_warehouses() {
    let warehouses = ("SUBIEKTGT_WAREHOUSES", "MAG, SKL");
    assert!(read(&[EPP, warehouses]).unwrap_err().contains("files do not tell"));
    let Road::Files(files) = read(&[EPP, URL, TOKEN, warehouses]).unwrap() else { panic!("no files") };
    assert_eq!(files.warehouses, ["MAG", "SKL"]);
    assert!(read(&[EPP, URL, TOKEN, ("SUBIEKTGT_WAREHOUSES", "MAG,,")]).is_err());
    let error = read(&[EPP, URL, TOKEN, ("SUBIEKTGT_ONLY_WEB_SHOP", "1")]).unwrap_err();
    assert!(error.contains("files do not tell"), "{error}");
}

#[test]
fn the_token_is_asked_for_where_there_is_an_address() {
    let needs: Vec<_> = SubiektGt
        .settings()
        .iter()
        .filter(|setting| setting.option.starts_with("bridge"))
        .map(|setting| (setting.variable, setting.need, setting.is_secret))
        .collect();
    assert_eq!(needs, [(URL.0, Need::Optional, false), (TOKEN.0, Need::With(URL.0), true)]);
}
