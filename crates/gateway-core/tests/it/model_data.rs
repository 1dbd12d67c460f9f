//! SKUs, EANs, images and categories.

use gateway_core::model::{
    Category, CategoryId, CategoryTree, Ean, ImageRef, InvalidEan, InvalidSku, Name, Sku,
};
use proptest::prelude::*;

#[test]
fn an_empty_sku_is_absent() {
    assert_eq!(Sku::parse("  "), Ok(None));
    assert_eq!(Sku::parse(" AB-1 ").unwrap().unwrap().as_str(), "AB-1");
    assert_eq!(Sku::parse(&"x".repeat(256)), Err(InvalidSku::TooLong(256)));
    assert!(matches!(Sku::parse("a\tb"), Err(InvalidSku::Control(_))));
}

#[test]
fn an_ean_has_a_right_check_digit() {
    for right in ["96385074", "036000291452", "4006381333931", "10012345678902", " 5901234123457 "] {
        assert_eq!(Ean::parse(right).unwrap().unwrap().as_str(), right.trim());
    }
    assert_eq!(Ean::parse(""), Ok(None));
    let wrong = Ean::parse("5901234123458");
    assert_eq!(wrong, Err(InvalidEan::CheckDigit { found: "5901234123458".to_owned(), expected: 7 }));
    assert!(matches!(Ean::parse("590123412345"), Err(InvalidEan::CheckDigit { .. })));
    assert!(matches!(Ean::parse("123456789"), Err(InvalidEan::Length { digits: 9, .. })));
    assert!(matches!(Ean::parse("590-1234123457"), Err(InvalidEan::NotDigits(_))));
    assert!(matches!(Ean::parse("５９０１２３４１２３４５７"), Err(InvalidEan::NotDigits(_))));
}

#[test]
fn an_image_has_an_identity() {
    assert!(ImageRef::new(" ", None).is_err());
    assert_eq!(ImageRef::new(" 12 ", None).unwrap().identity(), "12");
}

fn id(text: &str) -> CategoryId {
    CategoryId::new(text).unwrap()
}

fn tree(rows: &[(&str, &str, Option<&str>)]) -> CategoryTree {
    CategoryTree::new(rows.iter().map(|(own, name, parent)| Category {
        id: id(own),
        name: Name::new(name).unwrap(),
        parent: parent.map(id),
    }))
}

#[test]
fn a_path_leads_from_the_top_down() {
    let tree = tree(&[("3", "C", Some("2")), ("1", "A", None), ("2", "B", Some("1")), ("1", "again", None)]);
    assert_eq!(tree.path(&id("3")).unwrap(), ["A", "B", "C"]);
    assert_eq!(tree.printed_path(&id("3")).unwrap(), "A - B - C");
    assert_eq!(tree.path(&id("9")), None);
    assert_eq!(tree.len(), 3, "of two categories with one id the first stays");
}

#[test]
fn a_cycle_or_a_missing_parent_ends_a_path() {
    let tree =
        tree(&[("1", "A", Some("2")), ("2", "B", Some("1")), ("3", "C", Some("3")), ("4", "D", Some("9"))]);
    assert_eq!(tree.path(&id("1")).unwrap(), ["B", "A"]);
    assert_eq!(tree.path(&id("3")).unwrap(), ["C"]);
    assert_eq!(tree.path(&id("4")).unwrap(), ["D"]);
}

proptest! {
    #[test]
    fn one_wrong_digit_is_always_found(digits in "[0-9]{12}", place in 0_usize..13, by in 1_u8..10) {
        let right = (0..10).map(|check| format!("{digits}{check}")).filter(|ean| Ean::parse(ean).is_ok()).collect::<Vec<_>>();
        prop_assert_eq!(right.len(), 1, "one check digit is right");
        let mut wrong = right[0].clone().into_bytes();
        wrong[place] = b'0' + (wrong[place] - b'0' + by) % 10;
        prop_assert!(Ean::parse(std::str::from_utf8(&wrong).unwrap()).is_err());
    }

    #[test]
    fn no_text_breaks_an_ean_or_an_sku(text in any::<String>()) {
        if let Ok(Some(ean)) = Ean::parse(&text) {
            prop_assert!(ean.as_str().bytes().all(|byte| byte.is_ascii_digit()));
        }
        if let Ok(Some(sku)) = Sku::parse(&text) {
            prop_assert_eq!(sku.as_str(), text.trim());
        }
    }
}
