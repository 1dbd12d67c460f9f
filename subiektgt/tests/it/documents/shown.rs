//! Documents that stand in the program otherwise than they were written.

use connector::{Known, Settled};
use subiektgt_sandbox::{Document, Good, MAIN_WAREHOUSE};

use super::firm::{Desk, change, is_accepted, known};
use super::office::{self, Told};

const NOW: &str = "2026-03-01T12:00:00Z";

/// A firm with one document that is outstanding.
async fn written() -> (Desk, Told) {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    let told = desk.told().remove(0);
    (desk, told)
}

/// What people are told who ask for what is outstanding.
async fn listed(desk: &Desk) -> (usize, Vec<String>) {
    let (platform, heard) = desk.heard(NOW);
    let outstanding = platform.outstanding().await.unwrap();
    assert!(heard.lock().unwrap().is_empty(), "what concerns a file is told with it");
    (outstanding.len(), outstanding.into_iter().flat_map(|one| one.troubles).collect())
}

#[tokio::test]
async fn what_stands_there_otherwise_is_told_and_counts_as_not_taken_in() {
    for (otherwise, word) in [
        (
            Document { warehouse: Some(MAIN_WAREHOUSE + 1), ..Document::default() },
            "for another warehouse (mag_Id 2)",
        ),
        (Document { warehouse: None, ..Document::default() }, "for another warehouse (mag_Id none)"),
        (Document { status: 3, ..Document::default() }, "put off"),
        (Document { status: 2, ..Document::default() }, "cancelled"),
        (Document { status: 0, ..Document::default() }, "withdrawn"),
        (Document { status: 7, ..Document::default() }, "dok_Status 7"),
    ] {
        let (desk, told) = written().await;
        let number = told.number.clone();
        office::show(&desk.office.firm, &told, Document { original_number: number.clone(), ..otherwise });
        assert_eq!(known(&*desk.run(), &[1]).await, [Known::Outstanding], "{word}");
        let (outstanding, heard) = listed(&desk).await;
        assert_eq!(outstanding, 1, "{word}");
        let [heard] = heard.as_slice() else { panic!("{word}: {heard:?}") };
        assert!(heard.contains(word) && heard.contains(&number) && heard.contains("--discard"), "{heard}");
        // Somebody puts it right, beside the one that is not.
        office::show(&desk.office.firm, &told, Document { original_number: number, ..Document::default() });
        assert_eq!(known(&*desk.run(), &[1]).await, [Known::Done], "{word}");
        assert_eq!(listed(&desk).await, (0, Vec::new()), "{word}");
    }
}

#[tokio::test]
async fn another_kind_of_document_is_none_of_ours() {
    let (desk, told) = written().await;
    // What went out stands there as what came in.
    let inward = Told { kind: "PW".to_owned(), ..told.clone() };
    office::show(
        &desk.office.firm,
        &inward,
        Document { original_number: told.number.clone(), ..Document::default() },
    );
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::Outstanding]);
    let (_, heard) = listed(&desk).await;
    assert!(heard[0].contains("another kind (dok_Typ 12)"), "{heard:?}");
}

#[tokio::test]
async fn what_was_taken_in_for_another_warehouse_can_be_discarded() {
    let (desk, told) = written().await;
    let elsewhere = Document {
        original_number: told.number.clone(),
        warehouse: Some(MAIN_WAREHOUSE + 1),
        ..Document::default()
    };
    office::show(&desk.office.firm, &told, elsewhere);
    desk.run().settle_outstanding(&told.number, Settled::Discarded).await.unwrap();
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::NotDone]);
}

#[tokio::test]
async fn a_document_counts_for_the_warehouse_that_it_was_written_for_and_for_all_that_are_sold() {
    let (desk, told) = written().await;
    let out = desk.out.path().to_str().unwrap();
    let both = [("SUBIEKTGT_EPP_OUT", out), ("SUBIEKTGT_WAREHOUSES", "SKL,MAG")];
    let of = |warehouse| Document {
        original_number: told.number.clone(),
        warehouse: Some(warehouse),
        ..Document::default()
    };
    office::show(&desk.office.firm, &told, of(MAIN_WAREHOUSE + 1));
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::Outstanding]);
    assert_eq!(known(&*desk.open(&both), &[1]).await, [Known::Done], "its goods are sold as well");
    // The shop sells another warehouse's goods from now on.
    let (desk, told) = written().await;
    office::show(
        &desk.office.firm,
        &told,
        Document { original_number: told.number.clone(), ..Document::default() },
    );
    let out = desk.out.path().to_str().unwrap();
    let other = desk.open(&[("SUBIEKTGT_EPP_OUT", out), ("SUBIEKTGT_WAREHOUSES", "SKL")]);
    assert_eq!(known(&*other, &[1]).await, [Known::Done]);
}

#[tokio::test]
async fn goods_that_are_called_otherwise_by_now_are_told() {
    let (desk, told) = written().await;
    desk.office.put(Good::new(1, "sym-1", "Towar 1"));
    assert_eq!(listed(&desk).await, (1, Vec::new()), "the program knows it by that in any case");
    desk.office.put(Good::new(1, "NOWY", "Towar 1"));
    let (_, heard) = listed(&desk).await;
    let [one] = heard.as_slice() else { panic!("{heard:?}") };
    for word in [told.number.as_str(), "SYM-1", "NOWY", "--discard"] {
        assert!(one.contains(word), "{word}: {one}");
    }
    desk.office.put(Good { is_deleted: true, ..office::good(1) });
    let (_, heard) = listed(&desk).await;
    assert!(heard[0].contains("not there any more"), "{heard:?}");
}

#[tokio::test]
async fn a_document_that_was_taken_in_twice_is_told_until_somebody_settles_it() {
    for is_withdrawn in [true, false] {
        let (desk, told) = written().await;
        let number = &told.number;
        let document = Document { original_number: number.clone(), ..Document::default() };
        office::show(&desk.office.firm, &told, document.clone());
        office::show(&desk.office.firm, &told, document.clone());
        for other in [2, 3] {
            // It counts as it did.
            let pass = desk.run();
            assert_eq!(known(&*pass, &[1]).await, [Known::Done]);
            let listed = pass.outstanding().await.unwrap();
            let [one] = listed.as_slice() else { panic!("{listed:?}") };
            assert_eq!(one.settled, Some(Settled::Booked));
            assert!(one.troubles[0].contains("2 times") && one.troubles[0].contains(number), "{one:?}");
            // Neither does the next file make it be forgotten.
            assert!(is_accepted(&pass.adjust_stock(&[change(other, "-1")]).await));
            let all = desk.run().outstanding().await.unwrap();
            let file = &all.iter().find(|one| one.settled.is_none()).expect("the next one").file;
            desk.run().settle_outstanding(file.to_str().unwrap(), Settled::Booked).await.unwrap();
        }
        if is_withdrawn {
            desk.office.firm.put_document(Document { id: 2, kind: 13, status: 0, ..document });
        } else {
            desk.run().settle_outstanding(number, Settled::Booked).await.unwrap();
        }
        assert_eq!(listed(&desk).await, (0, Vec::new()));
    }
}

#[tokio::test]
async fn a_document_that_was_taken_in_although_it_was_discarded_is_told_for_60_days() {
    let (desk, told) = written().await;
    let at = "2026-03-01T12:00:00Z";
    desk.heard(at).0.settle_outstanding(&told.number, Settled::Discarded).await.unwrap();
    assert!(is_accepted(&desk.heard("2026-03-01T13:00:00Z").0.adjust_stock(&[change(2, "-1")]).await));
    assert_eq!(listed(&desk).await, (1, Vec::new()));
    let document = Document { original_number: told.number.clone(), ..Document::default() };
    office::show(&desk.office.firm, &told, document);
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::NotDone], "what counts does not change");
    let (count, heard) = listed(&desk).await;
    assert_eq!(count, 2);
    for word in [told.number.as_str(), "although it was discarded", "Take it back", "--booked"] {
        assert!(heard[0].contains(word), "{word}: {heard:?}");
    }
    // Once two months have passed it is set aside.
    assert!(is_accepted(&desk.heard("2026-05-02T12:00:00Z").0.adjust_stock(&[change(3, "-1")]).await));
    assert_eq!(listed(&desk).await, (2, Vec::new()));
}

#[tokio::test]
async fn who_says_that_the_levels_are_right_all_the_same_is_not_told_again() {
    let (desk, told) = written().await;
    desk.run().settle_outstanding(&told.number, Settled::Discarded).await.unwrap();
    let document = Document { original_number: told.number.clone(), ..Document::default() };
    office::show(&desk.office.firm, &told, document);
    assert_eq!(listed(&desk).await.0, 1);
    desk.run().settle_outstanding(&told.number, Settled::Booked).await.unwrap();
    assert_eq!(listed(&desk).await, (0, Vec::new()));
}
