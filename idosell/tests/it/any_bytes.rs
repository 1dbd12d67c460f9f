//! Whatever a shop may give for a file, read by everything that reads files. The tests and the fuzz target share it, so it needs
//! nothing but the connector and the crates that its public items are made of.

use std::collections::HashSet;
use std::io::BufReader;

use gateway_core::model::{Product, VariantId, VatRate};
use idosell::mapping::{self, Categories, Context, Groups, Mapped};
use idosell::wire::{self, Document, Entry};
use rust_decimal::Decimal;

/// Reads bytes as any file that there is, and what can be read of it on to canonical products.
///
/// # Panics
/// When the connector does, loses a variant, or reads something else from a file that comes in small pieces.
pub(crate) fn read(bytes: &[u8]) {
    let _login = wire::login(bytes);
    let whole = entries(bytes, usize::MAX);
    assert_eq!(whole, entries(bytes, 3), "the pieces in which a file comes make a difference");
    let mut head = whole.head;
    head.currency = Some("PLN".to_owned());
    // So that goods without a rate are read on.
    let vat_default = VatRate::percent(Decimal::from(23)).ok();
    let (mut categories, mut groups) = (Categories::default(), Groups::default());
    for entry in &whole.entries {
        if let Entry::Product(product) = entry {
            categories.add(product);
            groups.add(product);
        }
    }
    let context = Context::new(&head, "eng", vat_default, groups).expect("a currency that there is");
    for entry in &whole.entries {
        if let Some(mapped) = mapping::product(&context, entry) {
            assert_all_are_told(entry, &mapped);
        }
    }
    let tree = categories.tree();
    for category in tree.iter() {
        let _path = tree.printed_path(&category.id);
    }
}

/// What can be read of a file.
#[derive(Debug, Default, PartialEq)]
struct Read {
    head: wire::Head,
    entries: Vec<Entry>,
    error: Option<String>,
}

fn entries(bytes: &[u8], piece: usize) -> Read {
    let mut read = Read::default();
    match wire::open(BufReader::with_capacity(piece.min(bytes.len()).max(1), bytes)) {
        Ok(Document::Offer(mut offer)) => {
            read.head = offer.head().clone();
            loop {
                match offer.next_entry() {
                    Ok(Some(entry)) => read.entries.push(entry),
                    Ok(None) => break,
                    Err(error) => {
                        read.error = Some(error.to_string());
                        assert!(offer.next_entry().is_err(), "an error was forgotten");
                        break;
                    }
                }
            }
        }
        Ok(Document::Gateway(gateway)) => read.error = Some(format!("{gateway:?}")),
        Err(error) => read.error = Some(error.to_string()),
    }
    read
}

/// What is told comes out, as a variant or as a reject: a variant that is in neither would be archived.
fn assert_all_are_told(entry: &Entry, mapped: &Mapped) {
    let (id, sizes): (&str, &[wire::Size]) = match entry {
        Entry::Product(product) => (&product.id, &product.sizes),
        Entry::Broken(broken) => (broken.id.as_deref().unwrap_or_default(), &[]),
    };
    if let Some(skip) = &mapped.skip {
        assert_eq!(skip.product.as_str(), id, "another product is skipped");
        return;
    }
    let product = mapped.product.as_ref();
    let products = product.map(Product::id).into_iter();
    for told in products.chain(mapped.rejects.iter().map(|reject| &reject.product)) {
        assert_eq!(told.as_str(), id.trim(), "another product is told");
    }
    if mapped.rejects.iter().any(|reject| reject.variant.is_none()) {
        // The product as a whole, and so whatever it has.
        return;
    }
    let variants = product.into_iter().flat_map(Product::variants).map(|variant| &variant.id);
    let rejected = mapped.rejects.iter().filter_map(|reject| reject.variant.as_ref());
    let told: HashSet<&str> = variants.chain(rejected).map(VariantId::as_str).collect();
    assert!(!told.is_empty(), "product {id} is lost: {mapped:?}");
    for size in sizes {
        assert!(told.contains(size.id.as_deref().unwrap_or_default()), "{size:?} is lost: {mapped:?}");
    }
}
