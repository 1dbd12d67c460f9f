//! What became of changes that nobody answered, told by the documents.

use connector::Known;
use subiektgt_sandbox::Document;

use super::{Desk, change, key, words};

/// A document that bears the key of a change.
fn document(id: i32, number: u32) -> Document {
    let original_number = key(number).as_str()[..30].to_uppercase();
    Document { id, original_number, ..Document::default() }
}

#[tokio::test]
async fn a_change_whose_key_a_document_bears_is_done_and_any_other_may_be_asked_for_again() {
    let desk = Desk::new([1]).await;
    desk.firm().put_document(document(5, 1));
    let platform = desk.open(&[]);
    let keys = [key(1), key(2)];
    let known = platform.find_adjustments(&keys).await.unwrap();
    assert_eq!(known, [Known::Done, Known::Repeatable]);
    desk.firm().put_document(document(6, 2));
    // Somebody copies the first one.
    desk.firm().put_document(document(7, 1));
    let known = platform.find_adjustments(&keys).await.unwrap();
    assert_eq!(known, [Known::Done, Known::Done]);
    assert_eq!(platform.find_adjustments(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn where_documents_may_not_be_read_only_that_is_not_known() {
    let desk = Desk::new(1..=2).await;
    desk.firm().put_document(document(5, 1));
    desk.firm().deny("dok__Dokument");
    let platform = desk.open(&[]);
    platform.check().await.unwrap();
    assert_eq!(platform.find_adjustments(&[key(1)]).await.unwrap(), [Known::Repeatable]);
    assert_eq!(words(&platform.adjust_stock(&[change("2", "5", "-2")]).await), ["done 3"]);
    desk.firm().grant("dok__Dokument");
    assert_eq!(platform.find_adjustments(&[key(1)]).await.unwrap(), [Known::Done]);
}

#[tokio::test]
async fn a_change_of_which_nobody_knows_keeps_its_key_whatever_else_is_wrong() {
    let desk = Desk::new(1..=2).await;
    let platform = desk.open_at("http://127.0.0.1:1", &[]);
    platform.find_adjustments(&[key(1)]).await.unwrap();
    let outcomes = words(&platform.adjust_stock(&[change("2", "5", "-1"), change("1", "5", "-2")]).await);
    assert!(outcomes[0].starts_with("not done: ") && outcomes[1].starts_with("unknown: "), "{outcomes:?}");
}
