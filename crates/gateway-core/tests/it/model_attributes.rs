//! Attributes, and the keys of size and colour.

use gateway_core::model::{Attributes, Name};
use unicode_normalization::UnicodeNormalization;

fn attributes(told: &[(&str, &str)]) -> (Vec<(String, String)>, usize) {
    let names = told.iter().map(|(name, value)| (Name::new(name).unwrap(), Name::new(value).unwrap()));
    let (attributes, dropped) = Attributes::new(names);
    (attributes.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(), dropped.len())
}

fn key_of(name: &str) -> String {
    attributes(&[(name, "x")]).0[0].0.clone()
}

#[test]
fn size_and_colour_are_known_in_fifteen_languages() {
    for (language, size, color) in [
        ("pl", "Rozmiar", "Kolor"),
        ("en", "Size", "Colour"),
        ("en-US", "SIZE", "Color"),
        ("es", "Talla", "Color"),
        ("es", "Tamaño", "COLOR"),
        ("pt", "Tamanho", "Cor"),
        ("de", "Größe", "Farbe"),
        ("fr", "Taille", "Couleur"),
        ("it", "Taglia", "Colore"),
        ("cs", "Velikost", "Barva"),
        ("sk", "Veľkosť", "Farba"),
        ("uk", "Розмір", "Колір"),
        ("ru", "РАЗМЕР", "Цвет"),
        ("hu", "Méret", "Szín"),
        ("ro", "Mărime", "Culoare"),
        ("lt", "Dydis", "Spalva"),
        ("nl", "Maat", "Kleur"),
    ] {
        for (word, key) in [(size, "size"), (color, "color")] {
            assert_eq!(key_of(word), key, "{word} in {language}");
            let apart: String = word.nfd().collect();
            assert_eq!(
                key_of(&format!("  {}: ", apart.to_uppercase())),
                key,
                "{word} in {language}, taken apart"
            );
        }
    }
}

#[test]
fn only_whole_names_are_known() {
    for name in ["Rozmiar opakowania", "Kolor podeszwy", "Sizes", "Corona", "Material"] {
        assert_eq!(key_of(name), name);
    }
}

#[test]
fn the_first_gets_the_key_and_the_other_keeps_its_name() {
    let (found, dropped) =
        attributes(&[("Kolor", "red"), ("Rozmiar", "M"), ("Size", "40"), ("Colour", "blue")]);
    let found: Vec<(&str, &str)> =
        found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(found, [("color", "red"), ("size", "M"), ("Size", "40"), ("Colour", "blue")]);
    assert_eq!(dropped, 0);
}

#[test]
fn of_two_with_one_name_the_first_stays() {
    let names = [("Material", "wool"), ("Material", "silk")];
    let told = names.map(|(name, value)| (Name::new(name).unwrap(), Name::new(value).unwrap()));
    let (attributes, dropped) = Attributes::new(told);
    assert_eq!(attributes.get("Material"), Some("wool"));
    assert_eq!(dropped.len(), 1, "the later one is handed back");
    assert_eq!(dropped[0].1.as_str(), "silk");
}

#[test]
fn they_serialise_in_their_order() {
    let told = [("Z", "1"), ("A", "2"), ("Rozmiar", "3")];
    let (attributes, _) =
        Attributes::new(told.map(|(name, value)| (Name::new(name).unwrap(), Name::new(value).unwrap())));
    assert_eq!(serde_json::to_string(&attributes).unwrap(), r#"{"Z":"1","A":"2","size":"3"}"#);
}
