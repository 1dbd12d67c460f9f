//! What people and programs are told of stock levels.

use connector::{LevelChange, LevelNotice, LevelSummary, NoticeKind, Side, Summary};
use gateway_core::gateway::Guid;
use gateway_core::model::{ProductId, VariantId};
use rust_decimal::Decimal;
use serde_json::{Value, json};

#[path = "../../src/output/levels.rs"]
mod levels;
#[path = "../../src/output/wording.rs"]
mod wording;

const GUID: &str = "0b9f6c1e-3a52-4c1d-9e57-5d2f8f0a7c11";

fn change(side: Side, variant: &str, from: Option<&str>, to: &str, is_done: bool) -> LevelChange {
    LevelChange {
        side,
        product: ProductId::new("12").unwrap(),
        variant: VariantId::new(variant).unwrap(),
        guid: guid(),
        from: from.map(|level| level.parse().unwrap()),
        to: to.parse().unwrap(),
        is_done,
    }
}

fn guid() -> Guid {
    Guid::parse(GUID).unwrap()
}

fn notice(kind: NoticeKind, what: &str) -> LevelNotice {
    LevelNotice {
        kind,
        product: ProductId::new("12").unwrap(),
        variant: VariantId::new("3").unwrap(),
        guid: guid(),
        what: what.to_owned(),
        is_new: true,
    }
}

#[test]
fn a_level_that_was_set() {
    let done = change(Side::Gateway, "3", Some("8.00"), "7", true);
    assert_eq!(levels::set(&done), "set 12/3 at the marketplace: 8 -> 7");
    let simple = change(Side::Shop, "0", Some("8"), "7", true);
    assert_eq!(levels::set(&simple), "set 12 in the shop: 8 -> 7");
    let would = change(Side::Shop, "3", None, "-2.50", false);
    assert_eq!(levels::set(&would), "would set 12/3 in the shop: unknown -> -2.5");
    let large = Decimal::MAX.to_string();
    for (change, line) in [
        (
            done,
            format!(
                r#"{{"event":"set_level","side":"gateway","product":"12","variant":"3","guid":"{GUID}","from":8,"to":7}}"#
            ),
        ),
        (
            would,
            format!(
                r#"{{"event":"would_set_level","side":"shop","product":"12","variant":"3","guid":"{GUID}","from":null,"to":-2.5}}"#
            ),
        ),
        (
            change(Side::Shop, "0", Some("0.1000000000000000000000000001"), &large, true),
            format!(
                r#"{{"event":"set_level","side":"shop","product":"12","variant":"0","guid":"{GUID}","from":0.1000000000000000000000000001,"to":{large}}}"#
            ),
        ),
    ] {
        assert_eq!(levels::set_for_programs(&change).to_string(), line);
    }
}

#[test]
fn what_a_person_should_look_at() {
    let kinds = [
        (NoticeKind::Oversold, "oversold", "oversold"),
        (NoticeKind::NotWritten, "not written", "not_written"),
        (NoticeKind::Moved, "moved", "moved"),
        (NoticeKind::Uncertain, "uncertain", "uncertain"),
        (NoticeKind::Unclear, "unclear", "unclear"),
    ];
    for (kind, words, event) in kinds {
        let notice = notice(kind, "2 more were sold than there were");
        assert_eq!(levels::notice(&notice), format!("{words} 12/3: 2 more were sold than there were"));
        assert_eq!(
            levels::notice_for_programs(&notice).to_string(),
            format!(
                r#"{{"event":"{event}","product":"12","variant":"3","guid":"{GUID}","what":"2 more were sold than there were"}}"#
            )
        );
    }
}

fn passed(unchanged: u64, levels: LevelSummary) -> Summary {
    Summary { unchanged, levels: Some(levels), ..Summary::default() }
}

const SENT: &str = "5 requests to the shop, 12 to the marketplace, 1.5 s.";

fn told(is_dry_run: bool, has_failed: bool, summary: &Summary) -> String {
    levels::summary(is_dry_run, levels::Ended { has_failed, ..Default::default() }, summary, SENT).join("\n")
}

fn every() -> LevelSummary {
    LevelSummary {
        shop: 2,
        gateway: 10,
        first: 3,
        waiting: 1,
        gone: 4,
        not_offered: 5,
        not_carried: 6,
        oversold: 7,
        not_written: 8,
        moved: 9,
        uncertain: 10,
        unclear: 11,
    }
}

#[test]
fn the_end_of_a_pass_for_people() {
    let plain = passed(9990, LevelSummary { gateway: 10, shop: 2, ..LevelSummary::default() });
    let all = passed(9990, every());
    let warned = Summary { warnings: 1, ..passed(3, LevelSummary { gateway: 1, ..LevelSummary::default() }) };
    let nothing = passed(0, LevelSummary::default());
    let ends = [
        told(false, false, &plain),
        told(false, false, &all),
        told(true, false, &all),
        told(false, true, &warned),
        told(true, true, &warned),
        told(false, false, &passed(7, LevelSummary::default())),
        told(false, false, &nothing),
    ];
    insta::assert_snapshot!(ends.join("\n"));
}

#[test]
fn a_pass_on_its_way() {
    assert_eq!(levels::progress(&passed(0, LevelSummary::default())), "reading stock levels");
    assert_eq!(
        levels::progress(&passed(40, every())),
        "stock levels: 10 set at the marketplace, 2 set in the shop, 40 unchanged"
    );
}

#[test]
fn a_pass_that_is_remembered() {
    let counts = serde_json::to_value(passed(40, LevelSummary { moved: 1, ..every() })).unwrap();
    let told = levels::of_a_pass(&counts).unwrap();
    assert!(
        told.starts_with("10 levels set at the marketplace, 2 in the shop, 40 unchanged, 3 known for the"),
        "{told}"
    );
    assert!(told.ends_with("11 without a level that the shop tells"), "{told}");
    for other in [json!({ "created": 3 }), json!({ "levels": null }), Value::Null] {
        assert_eq!(levels::of_a_pass(&other), None);
    }
}

#[test]
fn what_is_not_counted_may_need_a_look_too() {
    let summary = Summary { unchanged: 1, levels: Some(LevelSummary::default()), ..Summary::default() };
    for needs_a_look in [true, false] {
        let ended = levels::Ended { needs_a_look, ..Default::default() };
        let told = levels::summary(false, ended, &summary, SENT);
        assert_eq!(told.iter().any(|line| line.starts_with("Next: look at")), needs_a_look, "{told:?}");
    }
}
