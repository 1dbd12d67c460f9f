//! What tells a variant from its siblings: ordered `name → value`, with keys of their own for size and colour.

use serde::ser::{Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

use super::text::Name;

/// The key under which the shop front looks for a size.
pub const SIZE_KEY: &str = "size";
/// The key under which the shop front looks for a colour.
pub const COLOR_KEY: &str = "color";

/// The whole names that shops give to a size, in lower case: pl, en, es, pt, de, fr, it, cs, sk, uk, ru, hu, ro, lt, nl.
const SIZE_WORDS: &[&str] = &[
    "rozmiar",
    "wielkość",
    "size",
    "talla",
    "tamaño",
    "tamanho",
    "größe",
    "grösse",
    "groesse",
    "taille",
    "taglia",
    "velikost",
    "veľkosť",
    "розмір",
    "размер",
    "méret",
    "mărime",
    "marime",
    "dydis",
    "maat",
];

/// The whole names that shops give to a colour, in the same languages.
const COLOR_WORDS: &[&str] = &[
    "kolor",
    "color",
    "colour",
    "cor",
    "farbe",
    "couleur",
    "colore",
    "barva",
    "farba",
    "колір",
    "цвет",
    "szín",
    "culoare",
    "spalva",
    "kleur",
];

/// A variant's attributes, in the shop's order; no name is there twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes(Vec<(String, Name)>);

impl Attributes {
    /// Takes the attributes as the shop tells them, and hands back those that were dropped.
    ///
    /// A name that means size or colour in one of the known languages becomes [`SIZE_KEY`] or [`COLOR_KEY`]; only whole
    /// names do ("Rozmiar", not "Rozmiar opakowania"). The first that means it gets the key, a later one keeps its own
    /// name. Of two attributes with one name the first stays and the later one is dropped.
    #[must_use]
    pub fn new(told: impl IntoIterator<Item = (Name, Name)>) -> (Self, Vec<(Name, Name)>) {
        let mut attributes = Self::default();
        let mut dropped = Vec::new();
        for (name, value) in told {
            let key = known_key(&name).filter(|key| attributes.get(key).is_none());
            let key = key.unwrap_or(name.as_str());
            if attributes.get(key).is_some() {
                dropped.push((name, value));
            } else {
                attributes.0.push((key.to_owned(), value));
            }
        }
        (attributes, dropped)
    }

    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find_map(|(own, value)| (own == name).then_some(value))
    }

    /// All attributes, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Compared without case, in NFC after lower-casing (which may take it apart), and without a colon at the end.
fn known_key(name: &Name) -> Option<&'static str> {
    let word: String = name.as_str().to_lowercase().nfc().collect();
    let word = word.trim_end_matches([':', '：']).trim_end();
    if SIZE_WORDS.contains(&word) {
        Some(SIZE_KEY)
    } else if COLOR_WORDS.contains(&word) {
        Some(COLOR_KEY)
    } else {
        None
    }
}

/// A JSON object in the attributes' order.
impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}
