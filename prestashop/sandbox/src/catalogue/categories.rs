//! The category tree.

use super::words;

/// The root of all, which no product is in.
pub(crate) const ROOT: u32 = 1;
/// The shop's home, which every product is in.
pub(crate) const HOME: u32 = 2;

/// A category.
#[derive(Clone, Debug)]
pub(crate) struct Category {
    pub(crate) id: u32,
    pub(crate) parent: u32,
    pub(crate) depth: u32,
    pub(crate) position: u32,
    pub(crate) active: bool,
    /// One per language.
    pub(crate) names: Vec<String>,
}

/// Names in English and Polish of the two levels below home; the third repeats [`THIRD`].
const TREE: [([&str; 2], [[&str; 2]; 2]); 3] = [
    (["Home & garden", "Dom i ogród"], [["Kitchen", "Kuchnia"], ["Lighting", "Oświetlenie"]]),
    (["Clothes", "Odzież"], [["Women", "Kobiety"], ["Men", "Mężczyźni"]]),
    (["Accessories", "Akcesoria"], [["Paper goods", "Papiernicze"], ["Accessories", "Akcesoria"]]),
];

/// The same two names below each of the second level: names are not unique in a tree.
const THIRD: [[&str; 2]; 2] = [["New", "Nowości"], ["Sale / last chance", "Wyprzedaż / ostatnia szansa"]];

/// The tree: Root, Home, then 3..=21 in the order of a walk, each parent before its children; the last is switched off.
pub(super) fn tree(languages: &[String]) -> Vec<Category> {
    let mut tree = Vec::new();
    let mut add = |parent: u32, depth: u32, position: usize, word: [&'static str; 2]| {
        let id = u32::try_from(tree.len()).unwrap_or(0) + 1;
        let names = languages.iter().map(|iso| words::in_language(word, iso).to_owned()).collect();
        let position = u32::try_from(position).unwrap_or(0);
        tree.push(Category { id, parent, depth, position, active: id != LAST, names });
        id
    };
    add(0, 0, 0, ["Root", "Baza"]);
    add(ROOT, 1, 0, ["Home", "Strona główna"]);
    for (first, (name, below)) in TREE.into_iter().enumerate() {
        let first_id = add(HOME, 2, first, name);
        for (second, name) in below.into_iter().enumerate() {
            let second_id = add(first_id, 3, second, name);
            for (third, name) in THIRD.into_iter().enumerate() {
                add(second_id, 4, third, name);
            }
        }
    }
    tree
}

/// The last category of the tree; no synthetic product is in it.
const LAST: u32 = 23;

/// The categories of a synthetic product in this one: home, and those on the way down.
pub(super) fn path_of_synthetic(id: u32) -> Vec<u32> {
    // Seven categories per branch: one, then twice one with two below it.
    let Some(number) = id.checked_sub(3) else { return vec![HOME] };
    let top = 3 + number / 7 * 7;
    let mut path = vec![HOME, top];
    if let Some(below) = (number % 7).checked_sub(1) {
        let second = top + 1 + below / 3 * 3;
        path.push(second);
        if second != id {
            path.push(id);
        }
    }
    path
}
