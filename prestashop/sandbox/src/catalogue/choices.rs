//! What products are chosen by and described with: option groups and their values, features, manufacturers.

use std::ops::Range;

use super::words;

/// An option group ("Size").
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) id: u32,
    pub(crate) position: u32,
    pub(crate) color: bool,
    pub(crate) names: Vec<String>,
}

/// A value of an option group ("M").
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) id: u32,
    pub(crate) group: u32,
    pub(crate) position: u32,
    pub(crate) color: &'static str,
    pub(crate) names: Vec<String>,
}

/// The ids of the sizes.
pub(crate) const SIZES: Range<u32> = 1..5;
/// The ids of the colours.
pub(crate) const COLORS: Range<u32> = 5..11;

const GROUPS: [[&str; 2]; 3] = [["Size", "Rozmiar"], ["Color", "Kolor"], ["Paper format", "Format papieru"]];

const CHOICES: [(u32, &str, [&str; 2]); 12] = [
    (1, "", ["S", "S"]),
    (1, "", ["M", "M"]),
    (1, "", ["L", "L"]),
    (1, "", ["XL", "XL"]),
    (2, "#ffffff", ["White", "Biały"]),
    (2, "#434a54", ["Black", "Czarny"]),
    (2, "#2d6a4f", ["Bottle green", "Butelkowa zieleń"]),
    (2, "#c1121f", ["Red", "Czerwony"]),
    (2, "#f1c40f", ["Yellow", "Żółty"]),
    (2, "", ["Natural", "Naturalny"]),
    (3, "", ["A4", "A4"]),
    (3, "", ["40 × 60 cm", "40 × 60 cm"]),
];

/// The manufacturers, by id from 1.
pub(crate) const MANUFACTURERS: [&str; 2] = ["Manufaktura Próbna", "Kowalska & Syn"];

/// The features, by id from 1; the values of the first are the materials of synthetic goods.
pub(crate) const FEATURES: [[&str; 2]; 2] = [["Material", "Materiał"], ["Care", "Pielęgnacja"]];

/// The values of the second feature.
pub(crate) const CARE: [[&str; 2]; 2] = [["Wash at 30 °C", "Prać w 30 °C"], ["Dust off", "Odkurzać"]];

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn in_all(word: [&'static str; 2], languages: &[String]) -> Vec<String> {
    languages.iter().map(|iso| words::in_language(word, iso).to_owned()).collect()
}

pub(super) fn groups(languages: &[String]) -> Vec<Group> {
    let groups = GROUPS.into_iter().enumerate();
    groups
        .map(|(index, names)| Group {
            id: number(index) + 1,
            position: number(index),
            color: index == 1,
            names: in_all(names, languages),
        })
        .collect()
}

pub(super) fn choices(languages: &[String]) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for (index, (group, color, names)) in CHOICES.into_iter().enumerate() {
        let position = number(choices.iter().filter(|other| other.group == group).count());
        choices.push(Choice {
            id: number(index) + 1,
            group,
            position,
            color,
            names: in_all(names, languages),
        });
    }
    choices
}

/// The values of all features: id, feature, names in English and Polish.
pub(crate) fn feature_values() -> impl Iterator<Item = (u32, u32, [&'static str; 2])> {
    let materials = words::MATERIALS.into_iter().map(|name| (1, name));
    let all = materials.chain(CARE.into_iter().map(|name| (2, name))).enumerate();
    all.map(|(index, (feature, name))| (number(index) + 1, feature, name))
}
