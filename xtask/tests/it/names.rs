//! The forms of a name.

use proptest::prelude::*;
use xtask::names::{BadName, Names};

#[test]
fn a_name_is_what_a_crate_and_a_folder_can_be_called() {
    for good in ["a", "magento", "subiektgt", "ido-sell", "shop2", "a-2-c"] {
        assert_eq!(Names::new(good, None).unwrap().name(), good);
    }
    for bad in ["", "2shop", "-a", "a-", "a--b", "Shop", "a_b", "a b", "żółw", "a/b", "..", "a.b", "a\n"] {
        assert!(matches!(Names::new(bad, None), Err(BadName::Characters(_))), "{bad:?}");
    }
    for reserved in ["match", "type", "self", "std", "test", "proc-macro"] {
        assert!(matches!(Names::new(reserved, None), Err(BadName::Reserved(_))), "{reserved:?}");
    }
}

#[test]
fn a_title_is_one_line_that_can_stand_in_code() {
    let title = |title| Names::new("a", Some(title)).map(|names| names.title().to_owned());
    assert_eq!(title(" Sklep „Ą” ").unwrap(), "Sklep „Ą”");
    for bad in ["", "  ", "a\nb", "a\"b", "a\\b", "a`b"] {
        assert!(matches!(title(bad), Err(BadName::Title(_))), "{bad:?}");
    }
}

#[test]
fn every_form_follows_from_the_name() {
    for (name, type_name, identifier, variable, title) in [
        ("magento", "Magento", "magento", "MAGENTO", "Magento"),
        ("ido-sell", "IdoSell", "ido_sell", "IDO_SELL", "Ido-sell"),
        ("a-2-c", "A2C", "a_2_c", "A_2_C", "A-2-c"),
    ] {
        let names = Names::new(name, None).unwrap();
        assert_eq!(
            (names.type_name(), names.identifier(), names.variable(), names.title(), names.sandbox()),
            (type_name, identifier.to_owned(), variable.to_owned(), title, format!("{name}-sandbox"))
        );
    }
}

#[test]
fn a_text_of_the_example_is_filled_in_form_by_form() {
    let names = Names::new("ido-sell", Some("IdoSell")).unwrap();
    for (text, filled) in [
        ("use toyshop::Toyshop;", "use ido_sell::IdoSell;"),
        ("use toyshop_sandbox::Shop;", "use ido_sell_sandbox::Shop;"),
        ("toyshop-sandbox.workspace = true", "ido-sell-sandbox.workspace = true"),
        ("env!(\"CARGO_BIN_EXE_toyshop\")", "env!(\"CARGO_BIN_EXE_ido-sell\")"),
        ("ToyshopExamined, TOYSHOP_BASE_URL, Toy Shop", "IdoSellExamined, IDO_SELL_BASE_URL, IdoSell"),
        ("docker build -f examples/toyshop/Dockerfile", "docker build -f shops/ido-sell/Dockerfile"),
        ("-f toyshop/Dockerfile -t toyshop", "-f ido-sell/Dockerfile -t ido-sell"),
    ] {
        assert_eq!(names.fill_in(text, "shops/ido-sell"), filled);
    }
    let names = Names::new("my-toyshop", None).unwrap();
    assert_eq!(names.fill_in("toyshop, examples/toyshop", "my-toyshop"), "my-toyshop, my-toyshop");
}

proptest! {
    #[test]
    fn no_text_breaks_the_names(name in ".{0,20}", title in ".{0,20}") {
        let _made = Names::new(&name, Some(&title)).is_ok();
    }

    #[test]
    fn what_is_not_the_name_stays(before in "[^tTe]{0,20}", behind in "[^tTe]{0,20}") {
        let names = Names::new("ido-sell", None).unwrap();
        let filled = names.fill_in(&format!("{before}toyshop {behind}"), "ido-sell");
        prop_assert_eq!(filled, format!("{before}ido-sell {behind}"));
    }
}
