//! What the user must tell.

use connector::{Common, Given};
use subiektgt::settings::Settings;

fn read(told: &[(&'static str, &str)]) -> Result<Settings, String> {
    let mut given = Given::default();
    for (variable, value) in told {
        given.insert(variable, value);
    }
    Settings::read(&given, &Common::default()).map_err(|error| error.to_string())
}

#[test]
fn a_path_is_all_that_must_be_told() {
    assert!(read(&[]).unwrap_err().contains("SUBIEKTGT_EPP"));
    let settings = read(&[("SUBIEKTGT_EPP", " /dane/eksport ")]).unwrap();
    assert_eq!((settings.epp.to_str(), settings.price_level.as_str()), (Some("/dane/eksport"), "Detaliczna"));
    assert!(read(&[("SUBIEKTGT_EPP", "a\nb")]).is_err());
}

#[test]
fn a_price_level_is_a_label_or_the_number_of_a_usual_one() {
    let level = |told: &str| {
        let read = read(&[("SUBIEKTGT_EPP", "x"), ("SUBIEKTGT_PRICE_LEVEL", told)]);
        read.map(|settings| settings.price_level)
    };
    for (told, label) in [("1", "Detaliczna"), ("2", "Hurtowa"), ("3", "Specjalna"), ("Cena VIP", "Cena VIP")]
    {
        assert_eq!(level(told).as_deref(), Ok(label));
    }
    assert!(level("0").unwrap_err().contains("purchase price"));
    assert!(level("7").unwrap_err().contains("label"));
}
