//! What becomes of writes that a shop refuses, in the shapes that were recorded on running shops.

use connector::{Outcome, PlatformError};
use prestashop::wire;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::fake::{Fake, among_warnings, count, echo, row, set, write, writes_row};
use super::{adjust, words};
use crate::check::errors;
use crate::shop::{KEY, sentences};

/// Products 10, 11, 12 and 13 in rows 1 to 4.
fn rows() -> Vec<Value> {
    (0..4).map(|n| row(n + 1, n + 10, 0, 5)).collect()
}

fn asked() -> Vec<connector::StockAdjustment> {
    (10..14).map(|product| adjust(product, 0, 5, 3)).collect()
}

fn levels(fake: &Fake) -> Vec<Value> {
    (1..5).map(|id| fake.row(id)["quantity"].clone()).collect()
}

#[tokio::test]
async fn one_that_is_refused_among_several_is_one_refusal() {
    let negative = "Validation error: \"Property StockAvailable-&gt;quantity is not valid\"";
    for refusal in [
        errors(400, 85, negative),
        errors(400, 84, negative),
        errors(404, 92, "Invalid ID"),
        errors(500, 46, "Unable to save resource"),
        among_warnings(85, negative),
        among_warnings(127, "XML error : String could not be parsed as XML"),
        ResponseTemplate::new(400).set_body_string("<html>Request blocked"),
    ] {
        for (version, method) in [("8.2.1", "PATCH"), ("1.7.8.11", "PUT")] {
            let refusal = refusal.clone();
            // Rows before the wrong one stay written.
            let fake = Fake::start(version, rows(), move |request, rows| {
                if !writes_row(request, 3) {
                    return None;
                }
                if count(request) == 4 {
                    set(rows, 1, "quantity", "3");
                    set(rows, 2, "quantity", "3");
                }
                Some(refusal.clone())
            })
            .await;
            let outcomes = fake.connect().adjust_stock(&asked()).await;
            let words = words(&outcomes);
            assert_eq!(
                (&words[0], &words[1], &words[3]),
                (&"done 3".into(), &"done 3".into(), &"done 3".into())
            );
            assert!(words[2].starts_with("refused: the shop "), "{words:?}");
            assert!(!words[2].contains(KEY), "{words:?}");
            assert_eq!(levels(&fake), ["3", "3", "5", "3"]);
            let writes = fake.writes().await;
            assert_eq!(writes.len(), 3, "all, and those that were not written one by one: {writes:?}");
            assert!(writes.iter().all(|(used, _)| used == method));
        }
    }
}

#[tokio::test]
async fn what_a_shop_says_is_told() {
    for (refusal, said) in [
        (
            errors(400, 85, "Property StockAvailable-&gt;quantity is empty."),
            "error 85): Property StockAvailable-&gt;quantity is empty.",
        ),
        (errors(400, 90, "id is required when modifying a resource"), "error 90): id is required"),
        (errors(404, 92, "Invalid ID"), "error 92): Invalid ID"),
        (
            errors(500, 127, "XML error : String could not be parsed as XML\nXML length : 149"),
            "error 127): XML error : String could not be parsed as XML XML length",
        ),
        (among_warnings(85, "not valid"), "error 85): not valid"),
        (
            ResponseTemplate::new(413).set_body_string(format!("too large {KEY}")),
            "413 Payload Too Large: too large",
        ),
    ] {
        let fake =
            Fake::start("8.2.1", rows(), move |request, _| writes_row(request, 1).then(|| refusal.clone()))
                .await;
        let outcomes = fake.connect().adjust_stock(&[adjust(10, 0, 5, 3)]).await;
        let Outcome::Refused(why) = &outcomes[0] else { panic!("{outcomes:?}") };
        assert!(why.contains(said) && !why.contains(KEY), "{why}");
        assert_eq!(fake.writes().await.len(), 1);
    }
}

#[tokio::test]
async fn a_shop_that_takes_no_patch_gets_whole_rows_which_keep_what_they_say() {
    for refusal in
        [errors(405, 23, "Method PATCH is not valid"), ResponseTemplate::new(405), ResponseTemplate::new(501)]
    {
        let mut rows = rows();
        set(&mut rows, 1, "out_of_stock", "1");
        set(&mut rows, 1, "location", " Rack <A> & B ");
        let before = rows[0].clone();
        let fake = Fake::start("8.0.0", rows, move |request, _| {
            (request.method.as_str() == "PATCH").then(|| refusal.clone())
        })
        .await;
        let platform = fake.connect();
        assert_eq!(words(&platform.adjust_stock(&asked()).await), ["done 3"; 4]);
        assert_eq!(words(&platform.adjust_stock(&[adjust(11, 0, 3, 8)]).await), ["done 8"]);
        let methods: Vec<String> = fake.writes().await.into_iter().map(|(method, _)| method).collect();
        assert_eq!(methods, ["PATCH", "PUT", "PUT"], "the refusal is remembered");
        let mut expected = before;
        expected["quantity"] = json!("3");
        assert_eq!(fake.row(1), expected, "nothing but the level has changed");
    }
}

#[tokio::test]
async fn a_row_of_1_7_without_a_field_that_must_be_written_is_refused() {
    let mut rows = rows();
    rows[1].as_object_mut().unwrap().remove("out_of_stock");
    rows[2].as_object_mut().unwrap().remove("location");
    rows[3]["location"] = Value::Null;
    let fake = Fake::start("1.7.2", rows, |_, _| None).await;
    let outcomes = words(&fake.connect().adjust_stock(&asked()).await);
    assert_eq!(
        (&outcomes[0], &outcomes[2], &outcomes[3]),
        (&"done 3".into(), &"done 3".into(), &"done 3".into())
    );
    assert_eq!(outcomes[1], "refused: the shop refuses it (error 41): parameter \"out_of_stock\" required");
}

#[tokio::test]
async fn a_right_that_is_missing_or_a_server_that_takes_no_writes_ends_the_writing() {
    let resource = "Resource of type \"stock_availables\" is not allowed with this authentication key";
    let method = "Method PATCH is not allowed for the resource stock_availables with this authentication key";
    for (answer, says, hints) in [
        (errors(401, 26, resource), "lacks the right to write", "Modify (PUT)"),
        (errors(405, 25, method), "lacks the right to write", "PATCH"),
        (errors(401, 21, "key"), "does not accept the API key", "PRESTASHOP_API_KEY"),
        (ResponseTemplate::new(403).set_body_string("<html>Forbidden"), "answers 403", "web server"),
        (ResponseTemplate::new(405).set_body_string("<html>"), "does not take PUT", "ask the shop's host"),
    ] {
        let fake =
            Fake::start("8.2.1", rows(), move |request, _| writes_row(request, 1).then(|| answer.clone()))
                .await;
        let outcomes = fake.connect().adjust_stock(&asked()).await;
        for outcome in &outcomes {
            let Outcome::NotDone(error @ PlatformError::Settings { .. }) = outcome else {
                panic!("{outcome:?}")
            };
            let (what, hint) = sentences(error);
            assert!(what.contains(says) && hint.contains(hints), "{what}: {hint}");
            assert!(!what.contains(KEY) && !hint.contains(KEY));
        }
        assert_eq!(levels(&fake), ["5"; 4]);
    }
}

#[tokio::test]
async fn a_level_that_moves_right_behind_the_write_is_told_as_it_is_then() {
    for shown in ["2", "5"] {
        let fake = Fake::start("8.2.1", rows(), move |request, rows| {
            let answer = writes_row(request, 1).then(|| write(false, request, rows))?;
            set(rows, 1, "quantity", shown);
            Some(answer)
        })
        .await;
        let outcomes = fake.connect().adjust_stock(&[adjust(10, 0, 5, 3)]).await;
        assert_eq!(words(&outcomes), [format!("done {shown}")]);
    }
}

#[tokio::test]
async fn a_write_of_which_nobody_knows_is_unknown() {
    let answers: [(ResponseTemplate, &str); 4] = [
        (echo(&[row(1, 10, 0, 5)]), "5"),
        (ResponseTemplate::new(200).set_body_string("<html>Welcome"), "5"),
        (ResponseTemplate::new(504).set_body_string("<html>"), "4"),
        (ResponseTemplate::new(503), "5"),
    ];
    for (answer, shown) in answers {
        let fake = Fake::start("8.2.1", rows(), move |request, rows| {
            writes_row(request, 1).then(|| {
                set(rows, 1, "quantity", shown);
                answer.clone()
            })
        })
        .await;
        let outcomes = fake.connect().adjust_stock(&[adjust(10, 0, 5, 3)]).await;
        assert!(matches!(outcomes[0], Outcome::Unknown(_)), "{outcomes:?}");
        assert!(!words(&outcomes)[0].contains(KEY));
        assert_eq!(fake.writes().await.len(), 1, "it is not repeated");
    }
}

#[tokio::test]
async fn a_shop_that_does_not_show_what_was_written_has_said_it_or_nobody_knows() {
    for (answers, expected) in [(true, "done 0"), (false, "unknown: ")] {
        let fake = Fake::start("8.2.1", rows(), move |request, rows| {
            let is_look = request.url.query_pairs().any(|(_, value)| value == "[id,quantity]");
            if is_look {
                return Some(ResponseTemplate::new(500));
            }
            (!answers && writes_row(request, 1)).then(|| {
                set(rows, 1, "quantity", "0");
                ResponseTemplate::new(500)
            })
        })
        .await;
        let outcomes = fake.connect().adjust_stock(&[adjust(10, 0, 5, 0)]).await;
        assert!(words(&outcomes)[0].starts_with(expected), "{outcomes:?}");
    }
}

#[tokio::test]
async fn a_refused_list_of_which_one_has_moved_leaves_that_one_unknown_and_alone_it_has_moved() {
    for (others, expected) in [(true, "unknown: "), (false, "moved 4")] {
        let fake = Fake::start("8.2.1", rows(), move |request, rows| {
            writes_row(request, 1).then(|| {
                set(rows, 1, "quantity", "4");
                errors(400, 85, "not valid")
            })
        })
        .await;
        let asked = if others { asked() } else { vec![adjust(10, 0, 5, 3)] };
        let outcomes = words(&fake.connect().adjust_stock(&asked).await);
        assert!(outcomes[0].starts_with(expected), "{outcomes:?}");
        assert!(outcomes[1..].iter().all(|outcome| outcome == "done 3"), "{outcomes:?}");
    }
}

#[tokio::test]
async fn a_product_whose_rows_cannot_be_read_is_not_written_and_the_others_are() {
    let fake = Fake::start("8.2.1", rows(), |request, _| {
        let mut pairs = request.url.query_pairs();
        let asks = pairs.any(|(name, value)| name == "filter[id_product]" && value.contains("12"));
        asks.then(|| ResponseTemplate::new(500))
    })
    .await;
    let outcomes = words(&fake.connect().adjust_stock(&asked()).await);
    assert!(outcomes[2].starts_with("not done: "), "{outcomes:?}");
    assert_eq!(levels(&fake), ["3", "3", "5", "3"]);
}

#[tokio::test]
async fn what_is_unclear_is_not_written() {
    let mut rows = rows();
    rows[0]["id_product_attribute"] = json!("x");
    rows[1]["quantity"] = json!("many");
    rows.push(row(5, 13, 7, 2));
    let fake = Fake::start("8.2.1", rows, |_, _| None).await;
    let outcomes = words(&fake.connect().adjust_stock(&asked()).await);
    insta::assert_snapshot!(outcomes.join("\n"), @r"
    refused: a row of its stock does not say whose it is
    refused: its stock row cannot be read
    done 3
    refused: it has combinations, whose stock the shop adds up by itself
    ");
    let (_, body) = &fake.writes().await[0];
    assert!(body.contains("<id>3</id>") && !body.contains("<id>4</id>"), "{body}");
}

#[test]
fn what_is_sent_is_rows_directly_below_the_root() {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<prestashop xmlns:xlink=\"http://www.w3.org/1999/xlink\">";
    let patch = wire::stock_document(&[wire::stock_patch(6, 50), wire::stock_patch(7, -51)]);
    let rows = patch.strip_prefix(head).unwrap();
    insta::assert_snapshot!(rows.replace("><", ">\n<"), @r"
    <stock_available>
    <id>6</id>
    <quantity>50</quantity>
    </stock_available>
    <stock_available>
    <id>7</id>
    <quantity>-51</quantity>
    </stock_available>
    </prestashop>
    ");
    let mut row = row(28, 2, 9, 300);
    (row["location"], row["more"]) = (json!("a<b"), json!("9"));
    let row: wire::StockAvailable = serde_json::from_value(row).unwrap();
    insta::assert_snapshot!(row.put(33).replace("><", ">\n<"), @r"
    <stock_available>
    <id>28</id>
    <id_product>2</id_product>
    <id_product_attribute>9</id_product_attribute>
    <id_shop>1</id_shop>
    <id_shop_group>0</id_shop_group>
    <depends_on_stock>0</depends_on_stock>
    <out_of_stock>2</out_of_stock>
    <location>a&lt;b</location>
    <quantity>33</quantity>
    </stock_available>
    ");
}

#[test]
fn an_answer_to_a_write_is_read_as_far_as_it_can_be() {
    let read = |body: &[u8]| {
        let mut levels: Vec<(u64, Decimal)> = wire::written_levels(body).into_iter().collect();
        levels.sort_unstable();
        levels
    };
    let two = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<prestashop xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n\
        <stock_available>\n\t<id><![CDATA[6]]></id>\n\t<id_product xlink:href=\"http://shop.example/api/products/6\">\
        <![CDATA[6]]></id_product>\n\t<quantity><![CDATA[0]]></quantity>\n\t<location><![CDATA[]]></location>\n\
        </stock_available>\n<stock_available>\n\t<id> 7 </id>\n\t<quantity>-5</quantity>\n</stock_available>\n\
        </prestashop>";
    assert_eq!(read(two.as_bytes()), [(6, Decimal::ZERO), (7, Decimal::from(-5))]);
    assert_eq!(read(&two.as_bytes()[..two.len() - 60]), [(6, Decimal::ZERO)], "an answer that was cut");
    for nothing in
        ["", "{}", "<html>", "<prestashop><stock_available><id>6</id></stock_available></prestashop>"]
    {
        assert_eq!(read(nothing.as_bytes()), [], "{nothing}");
    }
}
