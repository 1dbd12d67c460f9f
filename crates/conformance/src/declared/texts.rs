//! Texts as far as a platform can hold them.

use encoding_rs::WINDOWS_1250;
use gateway_core::model::Line;

use crate::goods::{Catalogue, MARK_DIGITS, MARK_LETTERS, Texts};

/// The most characters of a description in plain text.
const LONGEST_DESCRIPTION: usize = 255;

/// The most characters of a name.
const LONGEST_NAME: usize = 50;

/// Makes plain texts of descriptions. What is left of them are letters, digits and commas: of those neither HTML nor Markdown makes
/// anything else, so it makes no difference as which of them a platform reads them.
pub(super) fn make_plain(catalogue: &mut Catalogue) {
    each(
        catalogue.products.iter_mut().flat_map(|product| [&mut product.description, &mut product.brief]),
        plain,
    );
}

/// Does the same to short descriptions alone.
pub(super) fn make_briefs_plain(catalogue: &mut Catalogue) {
    each(catalogue.products.iter_mut().map(|product| &mut product.brief), plain);
}

fn plain(html: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || letter == ',';
    let line = Line::from_html(html);
    let plain = line.as_str().chars().map(|letter| if is_plain(letter) { letter } else { ' ' });
    let plain = spaced(&plain.collect::<String>());
    plain.chars().take(LONGEST_DESCRIPTION).collect::<String>().trim_end().to_owned()
}

/// Takes the letters that the code page 1250 does not have out of every text.
pub(super) fn leave_code_page(catalogue: &mut Catalogue) {
    let left = |text: &str| {
        let left: String = text.chars().filter(is_in_code_page).collect();
        // Where nothing is missing even the spaces stay as they are.
        if left == text { left } else { spaced(&left) }
    };
    let Catalogue { categories, options, products } = catalogue;
    for product in products {
        each([&mut product.name, &mut product.description, &mut product.brief], left);
    }
    each(categories.iter_mut().map(|category| &mut category.name), left);
    for option in options {
        each([&mut option.name], left);
        each(option.values.iter_mut().map(|value| &mut value.name), left);
    }
}

/// Cuts names of products and of categories; the mark of a product stays at its end.
pub(super) fn shorten(catalogue: &mut Catalogue) {
    each(catalogue.products.iter_mut().map(|product| &mut product.name), short);
    each(catalogue.categories.iter_mut().map(|category| &mut category.name), short);
}

fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let at = name.find(MARK_LETTERS).unwrap_or(name.len());
    let mark: String =
        name.get(at..).unwrap_or_default().chars().take(MARK_LETTERS.len() + MARK_DIGITS).collect();
    let room = LONGEST_NAME.saturating_sub(mark.chars().count() + 1);
    let cut: String = name.get(..at).unwrap_or(name).chars().take(room).collect();
    format!("{} {mark}", cut.trim_end()).trim_end().to_owned()
}

fn is_in_code_page(letter: &char) -> bool {
    let (_, _, is_missing) = WINDOWS_1250.encode(letter.encode_utf8(&mut [0; 4]));
    // The web takes control characters for the bytes without a meaning.
    !is_missing && !('\u{80}'..='\u{9f}').contains(letter)
}

/// A text whose words have one space between them.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn each<'a>(texts: impl IntoIterator<Item = &'a mut Texts>, made: impl Fn(&str) -> String) {
    for text in texts.into_iter().flat_map(|texts| [&mut texts.default, &mut texts.other]) {
        *text = made(text);
    }
}
