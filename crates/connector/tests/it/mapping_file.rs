//! The category mapping file, in the format that the earlier connectors' users have.

use connector::mapping_file::{Fault, InvalidMappingFile, MappingFile, export};
use gateway_core::model::CategoryId;
use proptest::prelude::*;

use crate::support::{gateway, tree};

fn read(text: &str) -> Result<MappingFile, InvalidMappingFile> {
    MappingFile::read(text.as_bytes())
}

fn id(text: &str) -> CategoryId {
    CategoryId::new(text).unwrap()
}

#[test]
fn rows_are_an_id_a_path_and_any_number_of_targets() {
    let file =
        read("\u{feff}4,Ubrania - Męskie,Koszulki, Moda > Mężczyźni \n\n5,\"Dom, ogród\"\n6,Kubki,,\n")
            .unwrap();
    let rows: Vec<_> = file
        .rows()
        .iter()
        .map(|row| (row.line, row.id.as_str(), row.path.as_str(), row.targets.join("|")))
        .collect();
    assert_eq!(
        rows,
        [
            (1, "4", "Ubrania - Męskie", "Koszulki|Moda > Mężczyźni".to_owned()),
            (3, "5", "Dom, ogród", String::new()),
            (4, "6", "Kubki", String::new()),
        ]
    );
}

#[test]
fn a_category_is_found_by_its_id_and_only_else_by_its_path() {
    let file = read("4,Ubrania,A\n5,Kubki,B\n").unwrap();
    let target = |shop: &[(&str, &str, Option<&str>)], own: &str| {
        file.row(&id(own), &tree(shop)).map(|row| row.targets[0].clone())
    };
    assert_eq!(target(&[("4", "Kubki", None)], "4").as_deref(), Some("A"), "the id goes first");
    let moved = [("77", "Kubki", None)];
    assert_eq!(
        target(&moved, "77").as_deref(),
        Some("B"),
        "a row whose id is not there falls back to the path"
    );
    let twins = [("5", "Kubki", None), ("77", "Kubki", None)];
    assert_eq!(target(&twins, "77"), None, "that row is another category's");
    assert_eq!(target(&[("77", "Inne", None)], "77"), None);
}

#[test]
fn a_file_that_contradicts_itself_or_is_none_says_where() {
    assert!(matches!(read("4,A,X\n4,A,Y\n"), Err(InvalidMappingFile::Twice { line: 2, first: 1, .. })));
    assert!(matches!(read("4,A,X\n,,Y\n"), Err(InvalidMappingFile::NoSource { line: 2 })));
    assert!(matches!(read("4,A,X\n5;B;Y\n"), Err(InvalidMappingFile::Semicolons { line: 2 })));
    assert!(matches!(MappingFile::read(b"4,\xff\xfe,X\n".as_slice()), Err(InvalidMappingFile::Csv(_))));
}

#[tokio::test]
async fn targets_that_the_marketplace_does_not_have_or_has_twice_are_told_with_candidates() {
    let (_sandbox, client) = gateway().await;
    let marketplace = client.category_tree().await.unwrap();
    let file =
        read("1,a,koszulki\n2,b,Akcesoria\n3,c,Koszulki męskie,Moda > Akcesoria\n4,d,Parasole\n").unwrap();
    let faults = file.check(&marketplace);
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 2: \"Akcesoria\" is the name of several categories, write one of: Moda > Akcesoria | Elektronika > Akcesoria",
            "line 3: the marketplace has no category \"Koszulki męskie\"; alike are: Moda > Mężczyźni > Koszulki",
            "line 4: the marketplace has no category \"Parasole\"",
        ]
    );
    assert!(matches!(faults[0], Fault::Ambiguous { .. }));
}

#[test]
fn an_export_is_a_file_to_fill_in_that_keeps_what_is_filled_in() {
    let shop = tree(&[("4", "Ubrania", None), ("5", "Męskie, letnie", Some("4")), ("6", "Kubki", None)]);
    let known = read("5,old path,Koszulki,Moda\n").unwrap();
    let mut written = Vec::new();
    export(&shop, &known, &mut written).unwrap();
    let text = String::from_utf8(written).unwrap();
    assert_eq!(text, "4,Ubrania,\n5,\"Ubrania - Męskie, letnie\",Koszulki,Moda\n6,Kubki,\n");
    let read = read(&text).unwrap();
    assert_eq!(read.unmapped(&shop), Vec::<&CategoryId>::new());
    assert_eq!(known.unmapped(&shop), [&id("4"), &id("6")]);
}

proptest! {
    #[test]
    fn no_bytes_break_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _read = MappingFile::read(bytes.as_slice()).is_ok();
    }

    #[test]
    fn what_is_exported_is_read_back(names in prop::collection::vec("[^\\p{C}\u{feff}]{1,20}", 1..8), targets in prop::collection::vec("[a-z>,\" ]{0,12}", 1..8)) {
        let ids: Vec<String> = (1..=names.len()).map(|n| n.to_string()).collect();
        let named: Vec<_> = ids.iter().zip(&names).filter(|(_, name)| gateway_core::model::Name::new(name).is_ok()).collect();
        let shop = tree(&named.iter().map(|(id, name)| (id.as_str(), name.as_str(), None)).collect::<Vec<_>>());
        let mut known = Vec::new();
        {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(&mut known);
            for (id, target) in ids.iter().zip(&targets) {
                writer.write_record([id.as_str(), "p", target]).unwrap();
            }
        }
        let known = MappingFile::read(known.as_slice()).unwrap();
        let mut written = Vec::new();
        export(&shop, &known, &mut written).unwrap();
        let again = MappingFile::read(written.as_slice()).unwrap();
        for (own, _) in named {
            let targets = |file: &MappingFile| file.row(&id(own), &shop).map(|row| row.targets.clone()).unwrap_or_default();
            prop_assert_eq!(targets(&again), targets(&known));
        }
    }
}
