//! One level, written: into which stock it goes and from which it is taken.

use connector::Platform;

use super::{adjust, lies, operations, words};
use crate::shop::{STOCKS, calls, mugs, of_sizes, open, product_id, size, start};

type Rows<'a> = &'a [(u64, &'a str, &'a str)];

/// Adjusts one size of a shop in which it lies so, and tells the outcome, what was sent and what lies there then.
async fn adjusted(
    rows: Rows<'_>,
    stocks: Option<&str>,
    [read, target]: [&str; 2],
) -> (Vec<String>, Vec<(u64, String, String)>, Vec<(u64, String)>) {
    let shop = start(vec![of_sizes(1, vec![size("M", rows), size("L", &[(1, "9", "0")])])]).await;
    let stocks: Vec<_> = stocks.into_iter().map(|stocks| ("IAI_STOCKS", stocks)).collect();
    let outcomes = open(&shop.url(), &stocks).adjust_stock(&[adjust(1, "M", read, target)]).await;
    let there = (0..=9).filter_map(|stock| Some((stock, shop.quantity(1, "M", stock)?.to_string())));
    assert_eq!(lies(&shop, 1, "L", 1), "9", "a size that nobody named");
    let operations = if calls(&shop, STOCKS).is_empty() { vec![] } else { operations(&shop) };
    (words(&outcomes), operations, there.collect())
}

#[tokio::test]
async fn more_goes_to_the_first_stock() {
    for (rows, stocks, [read, target], stock, why) in [
        (&[(1, "5", "0"), (3, "2", "0")][..], Some("3,1"), ["7", "9"], 3, "the first that is chosen"),
        (&[(1, "5", "0")], Some("3,1"), ["5", "7"], 3, "the first that is chosen, where nothing lies"),
        (&[], Some("3,1"), ["0", "2"], 3, "the first that is chosen, where nothing lies anywhere"),
        (&[(0, "8", "0"), (1, "1", "0")], Some("0"), ["8", "10"], 0, "the supplier's, when it is chosen"),
        (&[(2, "5", "0"), (4, "1", "0")], None, ["6", "8"], 2, "the first own one in which some lies"),
        (&[(0, "8", "0"), (2, "5", "0")], None, ["5", "7"], 2, "an own one, not the supplier's"),
        (&[], None, ["0", "2"], 1, "the main one, where nothing lies anywhere"),
        (&[(0, "8", "0")], None, ["0", "2"], 1, "the main one, where nothing lies in an own one"),
        // It takes what it is owed.
        (&[(1, "0", "3")], None, ["-3", "-1"], 1, "the one in which something is reserved"),
    ] {
        let (outcomes, sent, there) = adjusted(rows, stocks, [read, target]).await;
        assert_eq!(outcomes, [format!("done {target}")], "{why}");
        assert_eq!(sent, [(stock, "add".to_owned(), "2".to_owned())], "{why}");
        let before = rows.iter().find(|(id, ..)| *id == stock).map_or(0, |row| row.1.parse().unwrap());
        let after = there.iter().find(|(id, _)| *id == stock).unwrap();
        assert_eq!(after.1, (before + 2).to_string(), "{why}");
    }
}

#[tokio::test]
async fn less_is_taken_from_the_first_stock_and_a_shortage_from_the_next() {
    type Told<'a> = &'a [(u64, &'a str)];
    /// What lies where, the stocks that are chosen, the levels, what is taken, what lies there then, and what it shows.
    type Case<'a> = (Rows<'a>, Option<&'a str>, [&'a str; 2], Told<'a>, Told<'a>, &'a str);
    let cases: [Case<'_>; 7] = [
        (
            &[(1, "5", "0"), (2, "5", "0")],
            None,
            ["10", "7"],
            &[(1, "3")],
            &[(1, "2"), (2, "5")],
            "one has enough",
        ),
        (
            &[(1, "5", "0"), (2, "5", "0")],
            None,
            ["10", "2"],
            &[(1, "5"), (2, "3")],
            &[(1, "0"), (2, "2")],
            "the first has not enough",
        ),
        (
            &[(1, "5", "3"), (2, "5", "1")],
            None,
            ["6", "1"],
            &[(1, "2"), (2, "3")],
            &[(1, "3"), (2, "2")],
            "what is reserved stays",
        ),
        (
            &[(1, "5", "0"), (3, "5", "0")],
            Some("3,1"),
            ["10", "4"],
            &[(3, "5"), (1, "1")],
            &[(1, "4"), (3, "0")],
            "in the order in which they are chosen",
        ),
        (
            &[(0, "5", "0"), (1, "5", "0"), (2, "5", "0")],
            Some("2"),
            ["5", "0"],
            &[(2, "5")],
            &[(0, "5"), (1, "5"), (2, "0")],
            "never of one that is not chosen",
        ),
        (
            &[(1, "2", "2"), (2, "4", "0")],
            None,
            ["4", "3"],
            &[(2, "1")],
            &[(1, "2"), (2, "3")],
            "one of which all is reserved is passed over",
        ),
        (
            &[(0, "9", "0"), (1, "1", "0")],
            None,
            ["1", "0"],
            &[(1, "1")],
            &[(0, "9"), (1, "0")],
            "to the last",
        ),
    ];
    for (rows, stocks, [read, target], sent, there, why) in cases {
        let (outcomes, was_sent, lies) = adjusted(rows, stocks, [read, target]).await;
        assert_eq!(outcomes, [format!("done {target}")], "{why}");
        let wanted: Vec<_> =
            sent.iter().map(|(stock, by)| (*stock, "substract".to_owned(), (*by).to_owned())).collect();
        assert_eq!(was_sent, wanted, "{why}");
        let wanted: Vec<_> = there.iter().map(|(stock, there)| (*stock, (*there).to_owned())).collect();
        assert_eq!(lies, wanted, "{why}");
    }
}

#[tokio::test]
async fn never_more_is_taken_than_lies_there_and_is_free() {
    for (rows, [read, target], refused, why) in [
        (&[(1, "3", "0")][..], ["3", "-1"], "4 are to be taken, and 3 can be", "below 0"),
        // Together 2 can be sold: 4 of the first, and 2 are owed of the second.
        (&[(1, "4", "0"), (2, "1", "3")], ["2", "-1"], "3 are to be taken, and 2 can be", "below 0 of all"),
        (&[(1, "3", "3")], ["0", "-1"], "1 are to be taken, and 0 can be", "all is reserved"),
    ] {
        let (outcomes, sent, there) = adjusted(rows, None, [read, target]).await;
        assert_eq!(outcomes, [format!("refused: {refused}")], "{why}");
        assert_eq!(sent, [], "{why}");
        let wanted: Vec<_> = rows.iter().map(|row| (row.0, row.1.to_owned())).collect();
        assert_eq!(there, wanted, "{why}");
    }
}

#[tokio::test]
async fn a_level_that_is_not_as_it_was_read_is_told_and_nothing_is_sent() {
    let shop = start(mugs([1])).await;
    let outcomes = open(&shop.url(), &[]).adjust_stock(&[adjust(1, "uniw", "6", "4")]).await;
    assert_eq!(words(&outcomes), ["moved 5"]);
    assert_eq!(calls(&shop, STOCKS), []);
    assert_eq!(lies(&shop, 1, "uniw", 1), "5");
}

#[tokio::test]
async fn a_fraction_keeps_its_digits() {
    let (outcomes, sent, there) = adjusted(&[(1, "0.1", "0")], None, ["0.1", "0.375"]).await;
    assert_eq!(outcomes, ["done 0.375"]);
    assert_eq!(sent, [(1, "add".to_owned(), "0.275".to_owned())]);
    assert_eq!(there, [(1, "0.375".to_owned())]);
    let (outcomes, sent, _) = adjusted(&[(1, "2.50", "0")], None, ["2.5", "0.25"]).await;
    assert_eq!(outcomes, ["done 0.25"]);
    assert_eq!(sent, [(1, "substract".to_owned(), "2.25".to_owned())]);
}

#[tokio::test]
async fn what_is_not_there_is_refused_and_the_others_are_done() {
    let shop = start(mugs([1, 2])).await;
    let platform = open(&shop.url(), &[]);
    let mut stranger = adjust(1, "uniw", "5", "7");
    stranger.product = product_id("KUB-1");
    let outcomes = platform
        .adjust_stock(&[
            adjust(1, "uniw", "5", "6"),
            adjust(9, "uniw", "5", "6"),
            adjust(2, "XL", "5", "6"),
            stranger,
            adjust(2, "uniw", "5", "3"),
        ])
        .await;
    let gone = "refused: the shop does not have it";
    assert_eq!(words(&outcomes), ["done 6", gone, gone, gone, "done 3"]);
    assert_eq!((lies(&shop, 1, "uniw", 1), lies(&shop, 2, "uniw", 1)), ("6".to_owned(), "3".to_owned()));
}

#[tokio::test]
async fn where_nothing_can_be_written_nothing_is_sent() {
    let shop = start(mugs([1])).await;
    let platform: Box<dyn Platform> = open(&shop.url(), &[]);
    assert_eq!(words(&platform.adjust_stock(&[]).await), Vec::<String>::new());
    assert_eq!(shop.calls(), [], "an adjustment of nothing");
    let mut stranger = adjust(1, "uniw", "5", "6");
    stranger.product = product_id("mug");
    let outcomes = platform.adjust_stock(&[stranger]).await;
    assert_eq!(words(&outcomes), ["refused: the shop does not have it"]);
    assert_eq!(shop.calls(), [], "an id of another platform");
}
