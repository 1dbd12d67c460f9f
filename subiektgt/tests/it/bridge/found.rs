//! What became of changes that nobody answered, told by the documents.

use connector::{Known, Scope};
use futures::TryStreamExt as _;
use subiektgt_sandbox::Document;

use super::{Desk, change, key, words};

/// A document that bears the key of a change.
fn document(id: i32, number: u32) -> Document {
    let original_number = key(number).as_str()[..30].to_uppercase();
    Document { id, original_number, ..Document::default() }
}

async fn read(platform: &dyn connector::Platform) {
    let _levels: Vec<_> = platform.stock(Scope::All).try_collect().await.unwrap();
}

#[tokio::test]
async fn a_change_whose_key_a_document_bears_is_done_and_no_other_is_known() {
    let desk = Desk::new([1]).await;
    desk.firm().put_document(document(5, 1));
    let platform = desk.open(&[]);
    let keys = [key(1), key(2), key(3)];
    assert_eq!(
        platform.find_adjustments(&keys).await.unwrap(),
        [Known::Unknown; 3],
        "no level was read, so nobody knows what is in it"
    );
    read(&*platform).await;
    // It may be in the levels that were just read, or not.
    desk.firm().put_document(document(6, 2));
    let known = platform.find_adjustments(&keys).await.unwrap();
    assert_eq!(known, [Known::Done, Known::Unknown, Known::Unknown]);
    read(&*platform).await;
    let known = platform.find_adjustments(&keys).await.unwrap();
    assert_eq!(known, [Known::Done, Known::Done, Known::Unknown]);
    // Somebody copies the first one.
    desk.firm().put_document(document(7, 1));
    assert_eq!(platform.find_adjustments(&keys[..1]).await.unwrap(), [Known::Done]);
    assert_eq!(platform.find_adjustments(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn where_documents_may_not_be_read_only_that_is_not_known() {
    let desk = Desk::new(1..=2).await;
    desk.firm().put_document(document(5, 1));
    desk.firm().deny("dok__Dokument");
    let platform = desk.open(&[]);
    platform.check().await.unwrap();
    read(&*platform).await;
    assert_eq!(platform.find_adjustments(&[key(1)]).await.unwrap(), [Known::Unknown]);
    assert_eq!(words(&platform.adjust_stock(&[change("2", "5", "-2")]).await), ["done 3"]);
    desk.firm().grant("dok__Dokument");
    read(&*platform).await;
    desk.firm().deny("dok__Dokument");
    assert_eq!(platform.find_adjustments(&[key(1)]).await.unwrap(), [Known::Unknown]);
}

#[tokio::test]
async fn a_change_of_which_nobody_knows_keeps_its_key_whatever_else_is_wrong() {
    let desk = Desk::new(1..=2).await;
    let platform = desk.open_at("http://127.0.0.1:1", &[]);
    read(&*platform).await;
    platform.find_adjustments(&[key(1)]).await.unwrap();
    let outcomes = words(&platform.adjust_stock(&[change("2", "5", "-1"), change("1", "5", "-2")]).await);
    assert!(outcomes[0].starts_with("not done: ") && outcomes[1].starts_with("unknown: "), "{outcomes:?}");
}
