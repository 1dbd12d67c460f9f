//! What is held while a large file is read.

use std::io::{BufReader, Read};

use idosell::wire::{Document, Entry, open};

/// An offer of any length, made while it is read: like a file on a disk, it is nowhere in memory.
struct Endless {
    product: Vec<u8>,
    left: u64,
    piece: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Endless {
    fn new(product: String, times: u64) -> Self {
        let piece = b"<offer><products language=\"pol\" currency=\"PLN\">".to_vec();
        Self { product: product.into_bytes(), left: times, piece, at: 0, ended: false }
    }
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.piece.len() && !self.ended {
            self.at = 0;
            self.piece.clear();
            if self.left > 0 {
                self.left -= 1;
                self.piece.extend_from_slice(&self.product);
            } else {
                self.ended = true;
                self.piece.extend_from_slice(b"</products></offer>");
            }
        }
        let length = into.len().min(self.piece.len() - self.at);
        into[..length].copy_from_slice(&self.piece[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

/// The most bytes that are held while all of it is read, and how many products came, broken ones included.
fn held(reader: Endless) -> (u64, u64) {
    let mut products = 0;
    let counted = allocation_counter::measure(|| {
        let Ok(Document::Offer(mut offer)) = open(BufReader::new(reader)) else { panic!("no offer") };
        while let Some(entry) = offer.next_entry().unwrap() {
            products += 1;
            drop::<Entry>(entry);
        }
    });
    (counted.bytes_max, products)
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let sizes: String = (0..20)
        .map(|size| {
            format!(
                "<size id=\"{size}\" name=\"M\"><price gross=\"1\"/><stock id=\"1\" quantity=\"3\"/></size>"
            )
        })
        .collect();
    let description = "<p>Miękki sweter.</p>".repeat(400);
    let product = format!(
        "<product id=\"1\"><description><name>Sweter</name><long_desc><![CDATA[{description}]]></long_desc></description>\
         <sizes>{sizes}</sizes></product>\n"
    );
    let times = (50 << 20) / product.len() as u64;
    let (small, _) = held(Endless::new(product.clone(), times / 100));
    let (large, products) = held(Endless::new(product, times));
    assert_eq!(products, times);
    assert!(large < 256 << 10, "50 MB of products take {} KiB", large >> 10);
    assert!(large <= small + 1024, "{small} bytes for a hundredth, {large} bytes for all");
}

#[test]
fn a_product_without_an_end_takes_no_more_than_a_product_may() {
    for endless in [
        "<product id=\"1\"><![CDATA[",
        "<product id=\"1\"><!--",
        "<product id=\"1\"><card url=\"",
        "<!--",
        "<x a=\"",
    ] {
        let filler = "x".repeat(1 << 20);
        let mut reader = Endless::new(filler, 50);
        reader.piece.extend_from_slice(endless.as_bytes());
        let counted = allocation_counter::measure(|| {
            let Ok(Document::Offer(mut offer)) = open(BufReader::new(reader)) else { panic!("no offer") };
            assert!(offer.next_entry().is_err(), "{endless}");
        });
        assert!(counted.bytes_max < 64 << 20, "{endless} takes {} KiB", counted.bytes_max >> 10);
    }
}
